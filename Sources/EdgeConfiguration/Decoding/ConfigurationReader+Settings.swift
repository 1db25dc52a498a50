internal import EdgeCore

extension ConfigurationReader {
    /// The whole document. Nil if there are problems; all of them have been reported.
    func settings(_ document: ConfigurationDocument) -> EdgeSettings? {
        document.forEachString { text, offset in
            if SecretKey.isContained(in: text) { report(Self.secretKey, at: offset) }
        }
        for offset in document.duplicates {
            report(
                Complaint("This key stands twice in its object; readers disagree about which one counts.", "Keep one."),
                at: offset)
        }
        guard let root = Fields(document.root, SettingCatalog.settings, path: "", reader: self) else { return nil }
        if let schema = root["$schema"] { _ = text(schema) }
        let limits = root.fields("limits")
        let listeners = listeners(root)
        let upstream = upstream(root, besides: listeners)
        let policy = policy(root, limits: limits)
        let connections = connections(limits)
        let trustedProxies = trustedProxies(root)
        let clientAddress = clientAddress(root)
        let accessLog = accessLog(root)
        let admin = admin(root, besides: listeners)
        let shutdown = shutdown(root)

        guard let upstream, problems.isEmpty else { return nil }
        var settings = EdgeSettings(listeners: listeners, upstream: upstream, policy: policy)
        settings.connections = connections
        settings.trustedProxies = trustedProxies
        settings.clientAddress = clientAddress
        settings.accessLog = accessLog
        settings.admin = admin
        settings.shutdown = shutdown
        return settings
    }
}
