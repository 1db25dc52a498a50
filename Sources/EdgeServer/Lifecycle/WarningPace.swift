internal import EdgeCore
internal import Synchronization

/// When what is going wrong is worth a word again: at once, then at most every ten seconds. Any thread.
struct WarningPace: ~Copyable, Sendable {
    private static let interval = Instant.Span.seconds(10)

    private let next = Mutex<Instant?>(nil)

    /// Whether a word is due; then none is for the next ten seconds.
    func isDue(at now: Instant) -> Bool {
        next.withLock { next in
            if let next, now < next { return false }
            next = now.advanced(by: Self.interval)
            return true
        }
    }
}
