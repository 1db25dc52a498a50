package import EdgeCore
internal import Synchronization

/// Keys for which the upstream answered 429, and until when: asking again before would only cost the project more. Any
/// thread.
package final class UpstreamPauses: Sendable {
    private static let capacity = 1024
    private let ends = Mutex(BoundedTable<KeyDigest, Instant>(capacity: capacity))
    /// When the last pause ends: spares the lock while nobody is paused, which is nearly always.
    private let latestEnd = Atomic<Int64>(.min)

    package func pause(_ key: KeyDigest, until end: Instant) {
        ends.withLock { $0.update(key, default: end) { $0 = max($0, end) } }
        latestEnd.max(end.nanoseconds, ordering: .releasing)
    }

    /// Whole seconds until requests with this key may go on, rounded up; nil if they may now.
    package func secondsLeft(for key: KeyDigest, now: Instant) -> Int? {
        guard latestEnd.load(ordering: .acquiring) > now.nanoseconds else { return nil }
        guard let end = ends.withLock({ $0.value(for: key) }), end > now else { return nil }
        return Int((end.nanoseconds(since: now) + 999_999_999) / 1_000_000_000)
    }
}
