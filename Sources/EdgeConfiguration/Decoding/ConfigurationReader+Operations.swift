internal import EdgeCore

extension ConfigurationReader {
    func connections(_ limits: Fields?) -> ConnectionSettings {
        var settings = ConnectionSettings()
        guard let limits else { return settings }
        limits.read("connections", into: &settings.maximum)
        limits.read("connectionsPerClient", into: &settings.maximumPerClient)
        limits.read("headerSize", into: &settings.headerSize)
        limits.read("headerCount", into: &settings.headerCount)
        if let timeouts = limits.fields("timeouts") {
            timeouts.read("header", into: &settings.headerTimeout)
            timeouts.read("body", into: &settings.bodyTimeout)
            timeouts.read("idle", into: &settings.idleTimeout)
            timeouts.read("write", into: &settings.writeTimeout)
        }
        return settings
    }

    func trustedProxies(_ root: Fields) -> TrustedProxies {
        var proxies = TrustedProxies()
        guard let values = root.elements("trustedProxies") else { return proxies }
        (proxies.blocks, proxies.unixSockets) = ([], false)
        for value in values {
            guard let text = text(value, like: "loopback") else { continue }
            if text == "loopback" {
                proxies.blocks += AddressBlock.loopback
                proxies.unixSockets = true
            } else if text == "private" {
                proxies.blocks += AddressBlock.private
            } else if let block = attempt(at: value, { () throws(Complaint) in try AddressText.block(text) }) {
                proxies.blocks.append(block)
                if block.length == 0 {
                    warn(
                        Complaint(
                            "\(text.quoted) trusts everybody: any client can claim any address.",
                            "Name the proxies in front of the edge."), at: value.offset)
                }
            }
        }
        return proxies
    }

    func clientAddress(_ root: Fields) -> ClientAddressSettings {
        var settings = ClientAddressSettings()
        guard let fields = root.fields("clientAddress") else { return settings }
        fields.read("log", into: &settings.log)
        fields.read("upstream", into: &settings.upstream)
        return settings
    }

    func accessLog(_ root: Fields) -> AccessLogSettings {
        var settings = AccessLogSettings()
        guard let fields = root.fields("accessLog") else { return settings }
        fields.read("maxSize", into: &settings.maximumSize)
        fields.read("keep", into: &settings.keep)
        if let value = fields["path"] {
            // From a mistake nothing follows.
            guard let destination = accessLogDestination(value) else { return settings }
            settings.destination = destination
            if case .file(let path) = destination { check(path, settings, at: value.offset) }
        }
        unused(fields, settings)
        return settings
    }

    /// Nil, reported, where `value` names no file.
    func accessLogDestination(_ value: PositionedValue) -> AccessLogSettings.Destination? {
        guard let text = text(value, like: "-") else { return nil }
        if text == "-" { return .standardOutput }
        let path = absolute(text)
        guard !text.isEmpty, !FileAccess.isFolder(path) else {
            report(Complaint("\(text.quoted) is not a file.", #"Write the path of a file, or "-"."#), at: value.offset)
            return nil
        }
        return .file(path)
    }

    private func check(_ path: String, _ settings: AccessLogSettings, at offset: Int) {
        if FileAccess.isFolder(FileAccess.folder(of: path)) {
            writable(path, rotates: settings.maximumSize != nil, at: offset)
        } else {
            report(
                Complaint("The folder of \(path.quotedPath) does not exist.", "Create it, or correct the path."),
                at: offset)
        }
    }

    /// Whether this user may write the log, and next to it; another user may run the edge, but not without these rights.
    private func writable(_ path: String, rotates: Bool, at offset: Int) {
        let folder = FileAccess.folder(of: path)
        if let reason = FileAccess.obstacle(toWriting: path) {
            report(
                Complaint(
                    "\(path.quotedPath) cannot be written by this user: \(reason).",
                    "Give the user that runs the edge the right to, and check as that user."), at: offset)
        } else if rotates, !FileAccess.isSpecial(path), let reason = FileAccess.obstacle(toWriting: folder) {
            warn(
                Complaint(
                    "The log will grow without end, because files in its folder cannot be renamed by this user: \(reason).",
                    #"Give the user that runs the edge the right to, or write "maxSize": null and rotate it otherwise."#
                ),
                at: offset)
        }
    }

    /// Warns of limits that limit nothing.
    private func unused(_ fields: Fields, _ settings: AccessLogSettings) {
        let keep = fields["keep"]
        if settings.destination == .standardOutput {
            let size = fields["maxSize"].flatMap { settings.maximumSize == nil ? nil : $0 }
            for value in [size, keep].compactMap(\.self) {
                warn(
                    Complaint("Standard output is not rotated.", #"Name a file in "path", or remove this."#),
                    at: value.offset)
            }
        } else if settings.maximumSize == nil, let keep {
            warn(
                Complaint(#"Nothing is rotated, because "maxSize" is null."#, "Remove this, or write a size."),
                at: keep.offset)
        }
    }

    func shutdown(_ root: Fields) -> ShutdownSettings {
        var settings = ShutdownSettings()
        guard let fields = root.fields("shutdown") else { return settings }
        fields.read("delay", into: &settings.delay)
        fields.read("drain", into: &settings.drain)
        return settings
    }
}
