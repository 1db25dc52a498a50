internal import EdgeCore
internal import Logging
internal import Synchronization

/// Tells the operator that connections cannot be accepted. All listeners share one. Any thread.
final class AcceptTrouble: Sendable {
    private let pace = WarningPace()
    private let lost = Mutex<Set<ListenAddress>>([])
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Why the process should be started again; nil as long as all listeners are there.
    var complaint: String? {
        lost.withLock(\.first).map { "the listener on \($0) was closed by an error" }
    }

    /// A listener is there no more, and nobody has closed it.
    func lost(_ address: ListenAddress, _ cause: any Error) {
        lost.withLock { _ = $0.insert(address) }
        logger.error(
            "the listener on \(address) was closed by an error: \(cause). Nobody can connect there before a restart.")
    }

    /// A listener is not wanted any more.
    func removed(_ address: ListenAddress) { lost.withLock { _ = $0.remove(address) } }

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
