internal import EdgeCore

extension ConfigurationReader {
    /// Bytes. Of the worst JSON this much takes some 25 ms (`Tests/Chaos/attacks`: 16 MiB take four tenths of a second).
    private static let comfortableBody = 1024 * 1024

    func policy(_ root: Fields, limits: Fields?) -> Policy {
        let origins = origins(root)
        var policy = Policy(keys: keys(root, origins: origins))
        policy.origins = origins
        if let value = root["endpoint"], let path = text(value, like: "/v1/track") {
            let checked: Void? = attempt(at: value) { () throws(Complaint) in try PathText.check(path) }
            if checked != nil { policy.endpoint = Array(path.utf8) }
        }
        if let body = root.fields("body") {
            body.read("maxSize", into: &policy.body.maximumSize)
            if let value = body["maxSize"], policy.body.maximumSize > Self.comfortableBody {
                let size = SizeText.text(policy.body.maximumSize)
                warn(
                    Complaint(
                        "While a body of \(size) is judged everybody else on its event loop waits.",
                        #"Events are small: write "1MiB" at most."#), at: value.offset)
            }
            body.read("unknownFields", into: &policy.body.unknownFields)
            body.read("subscribed", into: &policy.body.subscribed)
        }
        if let allowed = root.fields("events")?.elements("allow") { policy.events = events(allowed, in: root) }
        limits?.read("perClient", into: &policy.perClient)
        limits?.read("perKey", into: &policy.perKey)
        return policy
    }

    private func events(_ values: [PositionedValue], in root: Fields) -> [EventPattern] {
        if values.isEmpty, let events = root["events"] {
            warn(Complaint("No event may be sent.", #"Write names, or "*" for all."#), at: events.offset)
        }
        return values.compactMap { value in
            guard let text = text(value, like: "signup"),
                let pattern = attempt(at: value, { () throws(Complaint) in try EventText.read(text) })
            else { return nil }
            if EventText.isReserved(pattern) {
                warn(
                    Complaint(
                        "Plunk reserves \(text.quoted) for itself; it is refused whatever is allowed here.",
                        "Remove it, or choose another name."), at: value.offset)
            }
            return pattern
        }
    }

    private func origins(_ root: Fields) -> OriginPolicy {
        var policy = OriginPolicy()
        root.read("requireOrigin", into: &policy.required)
        guard let values = root.elements("origins"), let list = root["origins"] else { return policy }
        policy.patterns = values.compactMap { value in
            guard let text = text(value, like: "same-origin") else { return nil }
            return attempt(at: value) { () throws(Complaint) in try OriginText.read(text) }
        }
        if values.isEmpty, policy.required {
            report(
                Complaint("Nobody could call: no origin is allowed, and one is required.", #"Write "same-origin"."#),
                at: list.offset)
        }
        if policy.patterns.contains(.any), policy.patterns.count > 1 {
            warn(
                Complaint(#""*" lets in every origin; the other entries change nothing."#, #"Remove them, or "*"."#),
                at: list.offset)
        }
        return policy
    }
}
