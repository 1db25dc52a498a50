internal import EdgeCore
internal import NIOCore

/// The clients of one event loop that have sent more than fits into their share. They go on one after the other, a few at
/// a time, and whoever has little to say comes in between. Confined to its loop.
final class TurnQueue {
    /// How long one client's frames may keep the others waiting: a few requests, or a hundred frames.
    static let share = Instant.Span.microseconds(50)
    /// How long those that wait may keep waiting whoever has just come.
    private static let round = Instant.Span.microseconds(200)

    let now: () -> Instant
    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<InputTurns>()
    private var isScheduled = false

    init(_ eventLoop: any EventLoop, now: @escaping () -> Instant) { (self.eventLoop, self.now) = (eventLoop, now) }

    func append(_ turns: InputTurns) {
        waiting.append(turns)
        schedule()
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        // A task that is due at once would run before the loop has looked at its sockets again.
        eventLoop.assumeIsolated().scheduleTask(in: .microseconds(1)) { [self] in
            isScheduled = false
            takeTurns()
        }
    }

    private func takeTurns() {
        let end = now().advanced(by: Self.round)
        // Each has one turn at most.
        for _ in 0..<waiting.count {
            waiting.popFirst()?.advance()
            if now() >= end { break }
        }
        if !waiting.isEmpty { schedule() }
    }
}

@available(*, unavailable)
extension TurnQueue: Sendable {}
