internal import EdgeCore
internal import Logging

/// Tells the operator that connections cannot be accepted. All listeners share one. Any thread.
final class AcceptTrouble: Sendable {
    private let pace = WarningPace()
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Parameter cause: the system's words.
    func noticed(_ cause: String, now: Instant) {
        guard pace.isDue(at: now) else { return }
        logger.warning(
            """
            no connection can be accepted: \(cause). Whoever connects waits in the listener's queue. If this stays, \
            raise the limit of open files (ulimit -Hn, or LimitNOFILE= of systemd).
            """)
    }
}
