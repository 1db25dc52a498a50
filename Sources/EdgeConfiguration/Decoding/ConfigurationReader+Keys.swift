internal import EdgeCore

extension ConfigurationReader {
    private struct Taken {
        var names: Set<String> = []
        /// By digest, the entry's index and its name.
        var accepts: [KeyDigest: (index: Int, name: String?)] = [:]
        var whenMissing = false
    }

    func keys(_ root: Fields, origins: OriginPolicy) -> KeyTable {
        var taken = Taken()
        let entries = root.list("keys").enumerated().compactMap { entry($1, at: $0, origins: origins, &taken) }
        return KeyTable(entries: entries, sha256: sha256)
    }

    private func entry(
        _ fields: Fields, at index: Int, origins: OriginPolicy, _ taken: inout Taken
    ) -> KeyTable.Entry? {
        let name = fields["name"].flatMap { entryName($0, &taken) }
        let written = fields.elements("accepts") ?? []
        let accepted = written.compactMap { value -> AcceptedKey? in
            guard let text = text(value, like: "pk_your_public_key"),
                let key = attempt(at: value, { () throws(Complaint) in try AcceptedKey(text) })
            else { return nil }
            take(key.digest(by: sha256), of: (index, name), at: value, &taken)
            return key
        }
        var whenMissing = false
        fields.read("whenMissing", into: &whenMissing)
        if whenMissing, let value = fields["whenMissing"] { checkWhenMissing(value, origins: origins, &taken) }

        var sends: [UInt8]?
        if let value = fields["sends"] {
            sends = publicKey(value)
        } else if accepted.count == written.count {
            // From a list with a mistake in it nothing follows.
            sends = impliedKey(fields, accepted, whenMissing: whenMissing)
        }
        if written.isEmpty, !whenMissing, let place = fields["accepts"] ?? fields["name"] {
            report(
                Complaint(
                    "No request can use this entry.",
                    "Write in \"accepts\" what clients show, or \"whenMissing\": true."),
                at: place.offset)
        }
        guard let name else { return nil }
        let digests = accepted.map { $0.digest(by: sha256) }
        return KeyTable.Entry(name: name, accepts: digests, sends: sends, whenMissing: whenMissing)
    }

    private func entryName(_ value: PositionedValue, _ taken: inout Taken) -> String? {
        guard let name = text(value, like: "web") else { return nil }
        guard !name.isEmpty, name.utf8.count <= 64, !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            report(
                Complaint("This is not a name for an entry.", "Write 1 to 64 characters, such as \"web\"."),
                at: value.offset)
            return nil
        }
        if !taken.names.insert(name).inserted {
            report(Complaint("Two entries are named \(name.quoted).", "Give each its own name."), at: value.offset)
        }
        return name
    }

    private func take(
        _ digest: KeyDigest, of entry: (index: Int, name: String?), at value: PositionedValue, _ taken: inout Taken
    ) {
        guard let other = taken.accepts.updateValue(entry, forKey: digest) else { return }
        var place = "in another entry too"
        if other.index == entry.index {
            place = "twice in this entry"
        } else if let name = other.name, name != entry.name {
            place = "in the entry \(name.quoted) too"
        }
        report(
            Complaint("This key is listed \(place).", "Remove one of the two: a key belongs to one entry."),
            at: value.offset)
    }

    private func publicKey(_ value: PositionedValue) -> [UInt8]? {
        guard let text = text(value, like: "pk_your_public_key") else { return nil }
        let bytes = Array(text.utf8)
        guard PublicKey.isWellFormed(bytes) else {
            report(PublicKey.complaint, at: value.offset)
            return nil
        }
        return bytes
    }

    /// What goes upstream where the entry does not say it; nil where it is the key that was shown. Aliases must lead to a
    /// public key that is known here, or something else could be sent upstream as one. Of what has a digest that is known
    /// when it is shown: ``KeyRule`` sends it only if it is a public key.
    private func impliedKey(_ fields: Fields, _ accepted: [AcceptedKey], whenMissing: Bool) -> [UInt8]? {
        let publicKeys = accepted.compactMap { key -> [UInt8]? in
            if case .publicKey(let bytes) = key { bytes } else { nil }
        }
        if publicKeys.count == accepted.count, !whenMissing { return nil }
        guard publicKeys.count == 1 else {
            let hasAlias = accepted.contains { if case .alias = $0 { true } else { false } }
            if !hasAlias, !whenMissing { return nil }
            let place = (whenMissing ? fields["whenMissing"] : nil) ?? fields["accepts"]
            report(
                Complaint(
                    whenMissing
                        ? "It is not said which key goes upstream for requests that show none."
                        : "It is not said which key goes upstream for an alias.",
                    "Add \"sends\": \"pk_...\"."), at: place?.offset ?? 0)
            return nil
        }
        return publicKeys.first
    }

    /// A key that nobody has to show is protected by the origin alone. So an origin has to be there, and it must not be
    /// one that every page can have: `null` comes from any sandboxed frame.
    private func checkWhenMissing(_ value: PositionedValue, origins: OriginPolicy, _ taken: inout Taken) {
        if taken.whenMissing {
            report(
                Complaint("Another entry has \"whenMissing\" already.", "Leave it to one entry."), at: value.offset)
        }
        taken.whenMissing = true
        let isOpen = origins.patterns.contains(.any) || origins.patterns.contains(.null)
        guard isOpen || !origins.required else { return }
        report(
            Complaint(
                "\"whenMissing\" lets requests in that show no key, so only their origin is left to judge them by.",
                isOpen
                    ? #"Add "requireOrigin": true at the top of the file, and take "*" and "null" out of "origins"."#
                    : #"Add "requireOrigin": true at the top of the file; browsers send Origin with every POST."#),
            at: value.offset)
    }
}
