internal import EdgeCore
internal import Logging
internal import Synchronization

/// Names each peer once that sends X-Forwarded-For without being a trusted proxy: most often it is a proxy that somebody
/// forgot to list, and all its clients then share one rate limit.
final class UntrustedForwarders: Sendable {
    /// After that many no more are named: a hostile crowd must not fill the operator's log.
    private static let capacity = 20
    private let seen = Mutex<Set<IPAddress>>([])
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func noticed(_ peer: IPAddress) {
        let isNew = seen.withLock { $0.count < Self.capacity && $0.insert(peer).inserted }
        guard isNew else { return }
        logger.warning(
            """
            \(peer) sends X-Forwarded-For but is not in "trustedProxies": its clients share one limit. List it if it is \
            your proxy.
            """)
    }
}
