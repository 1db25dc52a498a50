internal import EdgeCore
internal import NIOCore

/// The clients of one event loop that have sent more than fits into their share. They go on one after the other, a few at
/// a time, those with little left before the others, and whoever has little to say comes in between. Confined to its loop.
final class TurnQueue {
    /// How long all that wait may keep the others waiting, each of them once: more requests at a time cost less each, and
    /// less would be nobody's gain.
    static let budget = Instant.Span.milliseconds(1)
    /// However many wait, each goes on by a few requests, or a hundred frames; and whoever comes begins with as much.
    static let smallestShare = Instant.Span.microseconds(50)
    /// Who has no more left than a request of ordinary size goes before those that have: a hundred may have so much more that
    /// he would wait for a fifth of a second. Half of the time is theirs.
    static let little = 4 * InputTurns.piece
    /// How long those that wait may keep waiting whoever has just come: as long as these had meanwhile, within bounds. What
    /// comes in between grows with it, and with that the next round: at five milliseconds an answer beside a thousand that
    /// flood took twice as long as at two.
    static let round = Instant.Span.microseconds(200)...Instant.Span.milliseconds(2)

    let now: () -> Instant
    private let eventLoop: any EventLoop
    private var (short, long) = (CircularBuffer<InputTurns>(), CircularBuffer<InputTurns>())
    private var isScheduled = false
    private var roundEnded: Instant

    init(_ eventLoop: any EventLoop, now: @escaping () -> Instant) {
        (self.eventLoop, self.now, roundEnded) = (eventLoop, now, now())
    }

    /// How long one client of those that wait may keep the others waiting, as things are.
    var share: Instant.Span {
        max(Self.smallestShare, .nanoseconds(Self.budget.nanoseconds / Int64(short.count + long.count + 1)))
    }

    /// - Parameter rest: how many bytes of it wait.
    func append(_ turns: InputTurns, rest: Int) {
        if rest > Self.little { long.append(turns) } else { short.append(turns) }
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
        let span = min(max(others, Self.round.lowerBound), Self.round.upperBound)
        take(\.short, until: began.advanced(by: long.isEmpty ? span : .nanoseconds(span.nanoseconds / 2)))
        take(\.long, until: began.advanced(by: span))
        roundEnded = now()
        isScheduled = !short.isEmpty || !long.isEmpty
        if isScheduled { schedule() }
    }

    /// Each has one turn at most, and one has it.
    private func take(_ waiting: ReferenceWritableKeyPath<TurnQueue, CircularBuffer<InputTurns>>, until end: Instant) {
        for _ in 0..<self[keyPath: waiting].count {
            self[keyPath: waiting].popFirst()?.advance()
            if now() >= end { break }
        }
    }
}

@available(*, unavailable)
extension TurnQueue: Sendable {}
