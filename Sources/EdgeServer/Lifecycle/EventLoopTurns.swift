internal import NIOCore

/// Whether event loops still turn: one that is stuck serves none of its connections, and does not say so.
enum EventLoopTurns {
    /// Gives each loop something to do.
    ///
    /// - Returns: whether all have done it within `span`.
    static func happen(on loops: [any EventLoop], within span: Duration) async -> Bool {
        let (turns, turn) = AsyncStream<Void>.makeStream()
        for loop in loops { loop.execute { turn.yield() } }
        let deadline = Task {
            try? await Task.sleep(for: span)
            turn.finish()
        }
        defer { deadline.cancel() }
        var missing = loops.count
        guard missing > 0 else { return true }
        for await _ in turns {
            missing -= 1
            if missing == 0 { return true }
        }
        return false
    }
}
