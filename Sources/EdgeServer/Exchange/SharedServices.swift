internal import EdgeCore
internal import Logging
internal import Synchronization

/// What all event loops share. Each part is safe on any thread.
final class SharedServices: Sendable {
    /// Buckets for this many clients and keys (about 100 bytes each).
    private static let bucketCapacity = 65_536

    let limiter = RateLimiter(capacity: bucketCapacity)
    let pauses = UpstreamPauses()
    let admission: ConnectionAdmission
    let untrustedForwarders: UntrustedForwarders
    /// Whether the process is going away, for loops that have not been told yet: every answer is its connection's last.
    let isDraining = Atomic(false)

    init(settings: EdgeSettings, logger: Logger) {
        admission = ConnectionAdmission(
            maximum: settings.connections.maximum, maximumPerClient: settings.connections.maximumPerClient)
        untrustedForwarders = UntrustedForwarders(logger: logger)
    }
}
