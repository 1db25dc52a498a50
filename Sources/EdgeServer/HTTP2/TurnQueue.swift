internal import EdgeCore
internal import NIOCore

/// The clients of one event loop that have sent more than fits into their share. They go on one after the other, a few at
/// a time, and whoever has little to say comes in between. Confined to its loop.
final class TurnQueue {
    /// How long all that wait may keep the others waiting, each of them once: more requests at a time cost less each, and
    /// less would be nobody's gain.
    static let budget = Instant.Span.milliseconds(1)
    /// However many wait, each goes on by a few requests, or a hundred frames; and whoever comes begins with as much.
    static let smallestShare = Instant.Span.microseconds(50)
    /// How long those that wait may keep waiting whoever has just come: as long as these had meanwhile, within bounds.
    static let round = Instant.Span.microseconds(200)...Instant.Span.milliseconds(5)

    let now: () -> Instant
    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<InputTurns>()
    private var isScheduled = false
    private var roundEnded: Instant

    init(_ eventLoop: any EventLoop, now: @escaping () -> Instant) {
        (self.eventLoop, self.now, roundEnded) = (eventLoop, now, now())
    }

    /// How long one client of those that wait may keep the others waiting, as things are.
    var share: Instant.Span {
        max(Self.smallestShare, .nanoseconds(Self.budget.nanoseconds / Int64(waiting.count + 1)))
    }

    func append(_ turns: InputTurns) {
        waiting.append(turns)
        guard !isScheduled else { return }
        (roundEnded, isScheduled) = (now(), true)
        schedule()
    }

    /// Behind whatever else the loop has to do at this moment, and behind a look at its sockets: a task that is due when
    /// the others are done runs before that.
    private func schedule() {
        let loop = eventLoop.assumeIsolated()
        loop.execute { [self] in
            loop.scheduleTask(in: .microseconds(5)) { [self] in takeTurns() }
        }
    }

    private func takeTurns() {
        let began = now()
        let others = Instant.Span.nanoseconds(began.nanoseconds - roundEnded.nanoseconds)
        let end = began.advanced(by: min(max(others, Self.round.lowerBound), Self.round.upperBound))
        // Each has one turn at most.
        for _ in 0..<waiting.count {
            waiting.popFirst()?.advance()
            if now() >= end { break }
        }
        roundEnded = now()
        isScheduled = !waiting.isEmpty
        if isScheduled { schedule() }
    }
}

@available(*, unavailable)
extension TurnQueue: Sendable {}
