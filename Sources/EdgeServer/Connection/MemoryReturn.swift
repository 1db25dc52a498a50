internal import EdgeCore
private import Synchronization

/// When memory that a crowd has left goes back to the system. All event loops share one: the allocator stands still for
/// all of them meanwhile, for a few hundredths of a second (malloc_trim(3)), so it is done once for all, and not again
/// within a minute, however often clients come and go.
final class MemoryReturn: Sendable {
    /// The rest of a crowd is likely to go, too.
    static let delay = Instant.Span.seconds(1)
    /// From one to the next.
    static let interval = Instant.Span.seconds(60)

    private let state = Mutex((isPlanned: false, earliest: Instant(nanoseconds: .min)))

    /// To be called when a crowd has gone.
    ///
    /// - Returns: in how long it is to be done, by the caller; nil if it is planned already.
    func plan(at now: Instant) -> Instant.Span? {
        state.withLock { state in
            guard !state.isPlanned else { return nil }
            state.isPlanned = true
            let moment = max(now.advanced(by: Self.delay), state.earliest)
            return .nanoseconds(moment.nanoseconds(since: now))
        }
    }

    /// To be called when it is done.
    func done(at now: Instant) {
        state.withLock { $0 = (false, now.advanced(by: Self.interval)) }
    }
}
