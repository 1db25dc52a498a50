internal import EdgeCore
internal import Logging
internal import Synchronization

/// Tells the operator why Plunk cannot be reached: at once, then at most every ten seconds. All event loops share one.
final class UpstreamTrouble: Sendable {
    private static let interval = Instant.Span.seconds(10)

    private let next = Mutex<Instant?>(nil)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Parameter cause: libcurl's words.
    func noticed(_ cause: String, now: Instant) {
        let isDue = next.withLock { next in
            if let next, now < next { return false }
            next = now.advanced(by: Self.interval)
            return true
        }
        if isDue { logger.warning("no connection to Plunk: \(cause)") }
    }
}
