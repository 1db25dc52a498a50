internal import EdgeCore
internal import Synchronization

/// Keys for which Plunk answered 429, and until when: asking again before would only cost the project more. All event
/// loops share one.
final class UpstreamPauses: Sendable {
    private static let capacity = 1024
    private let ends = Mutex(BoundedTable<KeyDigest, Instant>(capacity: capacity))
    /// Spares the lock while nobody is paused, which is nearly always.
    private let hasAny = Atomic(false)

    func pause(_ key: KeyDigest, until end: Instant) {
        ends.withLock { $0.update(key, default: end) { $0 = max($0, end) } }
        hasAny.store(true, ordering: .releasing)
    }

    /// Whole seconds until requests with this key may go on, rounded up; nil if they may now.
    func secondsLeft(for key: KeyDigest, now: Instant) -> Int? {
        guard hasAny.load(ordering: .acquiring) else { return nil }
        guard let end = ends.withLock({ $0.value(for: key) }), end > now else { return nil }
        return Int((end.nanoseconds(since: now) + 999_999_999) / 1_000_000_000)
    }
}
