internal import EdgeCore
internal import Logging
internal import Synchronization

/// Tells the operator why Plunk cannot be reached: at once, then at most every ten seconds; and once, when it answers
/// again. All event loops share one.
final class UpstreamTrouble: Sendable {
    private let pace = WarningPace()
    private let last = Mutex<(cause: String, at: Instant)?>(nil)
    /// Whether it has been told that there is no connection, and not yet that there is an answer.
    private let isTold = Atomic(false)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Why there was no connection the last time that there was none; nil if that was earlier.
    func cause(since start: Instant) -> String? {
        last.withLock { last in last.flatMap { $0.at >= start ? $0.cause : nil } }
    }

    /// - Parameter cause: libcurl's words.
    func noticed(_ cause: String, now: Instant) {
        last.withLock { $0 = (cause, now) }
        guard pace.isDue(at: now) else { return }
        isTold.store(true, ordering: .relaxed)
        logger.warning("no connection to Plunk: \(cause)")
    }

    /// Plunk has answered. Nearly always one look at a flag.
    func answered() {
        if isTold.load(ordering: .relaxed), isTold.exchange(false, ordering: .relaxed) {
            logger.notice("Plunk answers again")
        }
    }
}
