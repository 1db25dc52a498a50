internal import EdgeCore

/// Which connections make room when all places are taken: those that have waited longest for their client, if that is
/// long. So whoever opens as many as there may be, and does nothing, does not keep the others out. Confined to its event
/// loop.
struct Crowding {
    /// How long a client may keep a place that somebody else wants. Most honest ones that are there do more often than
    /// that what they are there for, and the others come again.
    static let patience = Instant.Span.seconds(5)
    /// To look through all connections costs as much as a hundred requests, so it is not done for each that finds no room.
    static let pause = Instant.Span.milliseconds(50)
    /// One in so many of those that could go does, so that the next ones have room, too.
    static let share = 64

    private var nextLook: Instant?

    /// Whether it is time to look.
    mutating func begins(at now: Instant) -> Bool {
        if let nextLook, now < nextLook { return false }
        nextLook = now.advanced(by: Self.pause)
        return true
    }

    /// - Parameter waiting: since when each has waited for its client.
    /// - Returns: those that go, the longest waits first.
    func choose<Connection>(
        from waiting: some Sequence<(since: Instant, connection: Connection)>, at now: Instant
    ) -> [Connection] {
        let long = waiting.filter { $0.since.advanced(by: Self.patience) <= now }.sorted { $0.since < $1.since }
        return long.prefix(max(1, long.count / Self.share)).map(\.connection)
    }
}
