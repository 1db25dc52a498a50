internal import EdgeCore
internal import EdgeRecords
internal import Logging
internal import Synchronization

/// What all event loops share. Each part is safe on any thread.
final class SharedServices: Sendable {
    /// Buckets for this many clients and keys (about 100 bytes each).
    private static let bucketCapacity = 65_536
    /// TLS handshakes that may be under way, on all loops together. Each takes a millisecond of a core at most, and its
    /// client's time.
    static let handshakeCapacity = 1024

    let limiter = RateLimiter(capacity: bucketCapacity)
    let admission: ConnectionAdmission
    let memoryReturn = MemoryReturn()
    let untrustedForwarders: UntrustedForwarders
    let upstreamTrouble: UpstreamTrouble
    let acceptTrouble: AcceptTrouble
    private let logger: Logger
    private let eventLoops: Int
    /// The last records, for the admin listener's page; nil without one.
    let feed: RecordFeed?
    /// Whether the process is going away, for loops that have not been told yet: every answer is its connection's last.
    let isDraining = Atomic(false)

    init(settings: EdgeSettings, eventLoops: Int, logger: Logger) {
        (self.logger, self.eventLoops) = (logger, eventLoops)
        feed = settings.admin.map { _ in RecordFeed() }
        admission = ConnectionAdmission(
            maximum: Self.maximum(settings, eventLoops, logger), maximumPerClient: settings.connections.maximumPerClient
        )
        untrustedForwarders = UntrustedForwarders(logger: logger)
        upstreamTrouble = UpstreamTrouble(logger: logger)
        acceptTrouble = AcceptTrouble(logger: logger)
    }

    /// Takes another configuration.
    func take(_ new: EdgeSettings, instead old: EdgeSettings) {
        let isOther = new.connections != old.connections || new.upstream != old.upstream
        guard isOther || new.listeners.count != old.listeners.count else { return }
        admission.limit(to: Self.maximum(new, eventLoops, logger), perClient: new.connections.maximumPerClient)
    }

    /// How many connections can be served; says so where these are fewer than the settings want.
    private static func maximum(_ settings: EdgeSettings, _ eventLoops: Int, _ logger: Logger) -> Int {
        let possible = DescriptorLimit.raise(for: settings, eventLoops: eventLoops)
        if possible < settings.connections.maximum {
            logger.warning(
                """
                the limit of open files lets \(possible) connections be served, not the \(settings.connections.maximum) \
                of "limits.connections". Raise it (ulimit -Hn, or LimitNOFILE= of systemd).
                """)
        }
        return min(possible, settings.connections.maximum)
    }
}
