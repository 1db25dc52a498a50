internal import EdgeCore
internal import Logging
internal import Synchronization

/// Tells the operator that connections cannot be accepted. All listeners share one. Any thread.
final class AcceptTrouble: Sendable {
    private let pace = WarningPace()
    private let hasLost = Atomic(false)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Why the process should be started again; nil as long as all listeners are there.
    var complaint: String? { hasLost.load(ordering: .relaxed) ? "a listener was closed by an error" : nil }

    /// A listener is there no more, and nobody has closed it.
    func lost(_ address: ListenAddress, _ cause: any Error) {
        hasLost.store(true, ordering: .relaxed)
        logger.error(
            "the listener on \(address) was closed by an error: \(cause). Nobody can connect there before a restart.")
    }

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
