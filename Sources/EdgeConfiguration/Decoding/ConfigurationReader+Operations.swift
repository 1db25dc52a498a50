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
        for value in [fields["maxSize"], fields["keep"]].compactMap(\.self) {
            warn(
                Complaint(
                    "Rotation of the access log is not built into this version: the file grows.",
                    "Rotate it with logrotate until then."), at: value.offset)
        }
        if let value = fields["path"], let text = text(value, like: "-"), text != "-" {
            let path = absolute(text)
            settings.destination = .file(path)
            if text.isEmpty || FileAccess.isFolder(path) {
                report(
                    Complaint("\(text.quoted) is not a file.", #"Write the path of a file, or "-"."#), at: value.offset)
            } else if !FileAccess.isFolder(FileAccess.folder(of: path)) {
                report(
                    Complaint("The folder of \(path.quotedPath) does not exist.", "Create it, or correct the path."),
                    at: value.offset)
            }
        }
        return settings
    }

    func shutdown(_ root: Fields) -> ShutdownSettings {
        var settings = ShutdownSettings()
        guard let fields = root.fields("shutdown") else { return settings }
        fields.read("delay", into: &settings.delay)
        fields.read("drain", into: &settings.drain)
        return settings
    }
}
