/// What differs between two configurations, in the words of the file. Pure.
package enum SettingsChanges {
    private struct Setting: Sendable {
        let name: String
        let needsRestart: Bool
        let isEqual: @Sendable (EdgeSettings, EdgeSettings) -> Bool

        init<Value: Equatable & Sendable>(
            _ name: String, needsRestart: Bool = false, _ value: @escaping @Sendable (EdgeSettings) -> Value
        ) {
            (self.name, self.needsRestart) = (name, needsRestart)
            isEqual = { value($0) == value($1) }
        }
    }

    /// In the order of the catalogue.
    private static let settings: [Setting] = [
        Setting("listeners") { $0.listeners },
        Setting("endpoint") { $0.policy.endpoint },
        Setting("upstream.url") { $0.upstream.origin },
        Setting("upstream.caFile") { $0.upstream.authorityFile },
        Setting("upstream.proxy") { $0.upstream.proxy },
        Setting("upstream.resolve") { $0.upstream.addresses },
        Setting("upstream.timeouts") {
            [$0.upstream.connectTimeout, $0.upstream.firstByteTimeout, $0.upstream.totalTimeout]
        },
        Setting("upstream.connections") {
            [
                Int64($0.upstream.maximumConnections), $0.upstream.idleTimeout.nanoseconds,
                $0.upstream.connectionLifetime.nanoseconds,
            ]
        },
        Setting("upstream.inFlight") { $0.upstream.maximumInFlight },
        Setting("upstream.retry") { $0.upstream.retry },
        Setting("upstream.idempotency") { $0.upstream.idempotency },
        Setting("keys") { $0.policy.keys.entries },
        Setting("origins") { $0.policy.origins.patterns },
        Setting("requireOrigin") { $0.policy.origins.required },
        Setting("body.maxSize") { $0.policy.body.maximumSize },
        Setting("body.unknownFields") { $0.policy.body.unknownFields },
        Setting("body.subscribed") { $0.policy.body.subscribed },
        Setting("events.allow") { $0.policy.events },
        Setting("limits.perClient") { $0.policy.perClient },
        Setting("limits.perKey") { $0.policy.perKey },
        Setting("limits.connections") { $0.connections.maximum },
        Setting("limits.connectionsPerClient") { $0.connections.maximumPerClient },
        Setting("limits.headerSize") { $0.connections.headerSize },
        Setting("limits.headerCount") { $0.connections.headerCount },
        Setting("limits.timeouts") {
            [
                $0.connections.headerTimeout, $0.connections.bodyTimeout, $0.connections.idleTimeout,
                $0.connections.writeTimeout,
            ]
        },
        Setting("trustedProxies") { $0.trustedProxies },
        Setting("clientAddress") { $0.clientAddress },
        Setting("accessLog.path") { $0.accessLog.destination },
        Setting("accessLog.maxSize") { $0.accessLog.maximumSize },
        Setting("accessLog.keep") { $0.accessLog.keep },
        Setting("admin.address", needsRestart: true) { $0.admin },
        Setting("shutdown") { $0.shutdown },
    ]

    package static var names: [String] { settings.map(\.name) }

    /// The names of what a reload takes over, in the order of the catalogue.
    package static func takenOver(from old: EdgeSettings, to new: EdgeSettings) -> [String] {
        settings.filter { !$0.needsRestart && !$0.isEqual(old, new) }.map(\.name)
    }

    /// The names of what only a restart takes over.
    ///
    /// - Parameter started: what the process was started with.
    package static func needingRestart(from started: EdgeSettings, to new: EdgeSettings) -> [String] {
        settings.filter { $0.needsRestart && !$0.isEqual(started, new) }.map(\.name)
    }
}
