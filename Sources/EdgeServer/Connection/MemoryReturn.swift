internal import EdgeCore
private import Synchronization

/// When memory goes back to the system: after a crowd of connections has gone. The allocator keeps what is freed for those
/// who come next, which is right for a few and wrong for thousands. All event loops share one: the allocator stands still
/// for all of them meanwhile, for a few hundredths of a second (malloc_trim(3)), so it is done once for all, and not again
/// within a minute, however often clients come and go.
final class MemoryReturn: Sendable {
    /// Fewer connections than that hold too little.
    static let crowd = 500
    /// The rest of a crowd is likely to go, too.
    static let delay = Instant.Span.seconds(1)
    /// From one to the next.
    static let interval = Instant.Span.seconds(60)

    private struct State {
        /// How many connections there were at most.
        var most = 0
        var isPlanned = false
        var earliest = Instant(nanoseconds: .min)
    }

    private let state = Mutex(State())

    /// To be called when there are `count` connections, on all event loops together.
    func opened(_ count: Int) { state.withLock { $0.most = max($0.most, count) } }

    /// To be called when only `count` are left, on all event loops together.
    ///
    /// - Returns: in how long memory is to be given back, by the caller, once for each crowd; nil if nothing is to be done,
    ///   or is planned already.
    func closed(_ count: Int, at now: Instant) -> Instant.Span? {
        state.withLock { state in
            guard state.most >= Self.crowd, count <= state.most / 4 else { return nil }
            state.most = count
            guard !state.isPlanned else { return nil }
            state.isPlanned = true
            let moment = max(now.advanced(by: Self.delay), state.earliest)
            return .nanoseconds(moment.nanoseconds(since: now))
        }
    }

    /// To be called when it is done.
    func done(at now: Instant) {
        state.withLock { ($0.isPlanned, $0.earliest) = (false, now.advanced(by: Self.interval)) }
    }
}
