internal import EdgeCore

/// Which connection serves which request: the upstream connections of one event loop, at most ``limit``. Requests are
/// served in order; of idle connections the one used last goes first, so that those not needed grow old and are closed.
/// Pure: it returns what has to be done and does nothing itself.
///
/// A connection is *opening*, then by turns *busy* and *idle*. Whenever one has left, ``openForWaiting()`` says whether
/// another takes its place.
struct ConnectionPool<Connection: Equatable, Request: Equatable> {
    enum Action: Equatable {
        case send(Request, on: Connection)
        /// A connection is to be opened; the pool counts it from now on.
        case open
        case close(Connection)
    }

    private struct Idle {
        var connection: Connection
        var since: Instant
    }

    let limit: Int
    private let idleTimeout: Instant.Span
    /// Oldest first.
    private var idle: [Idle] = []
    private var waiting = WaitingLine<Request>()
    /// Connections being opened for whoever waits first.
    private var opening = 0
    /// All connections: opening, busy and idle.
    private(set) var count = 0
    private var isDraining = false

    init(limit: Int, idleTimeout: Instant.Span) {
        (self.limit, self.idleTimeout) = (max(1, limit), idleTimeout)
    }

    var idleCount: Int { idle.count }
    /// Requests that wait for a connection.
    var waitingCount: Int { waiting.count }

    /// Whether every connection is still being opened: then a request waits for the upstream, not for its turn.
    var isOnlyOpening: Bool { opening == count }

    // MARK: Requests

    /// A request wants to be sent.
    mutating func request(_ request: Request) -> Action? {
        if let last = idle.popLast() { return .send(request, on: last.connection) }
        waiting.append(request)
        return openForWaiting()
    }

    /// A request no longer waits: cancelled or out of time.
    mutating func withdraw(_ request: Request) { waiting.remove(request) }

    /// Requests that wait, which then no longer do.
    mutating func withdrawAll(where isWithdrawn: (Request) -> Bool) -> [Request] {
        waiting.removeAll(where: isWithdrawn)
    }

    // MARK: Connections

    /// A connection that ``Action/open`` asked for stands.
    mutating func opened(_ connection: Connection, _ now: Instant) -> Action? {
        opening -= 1
        return place(connection, now)
    }

    /// A connection that ``Action/open`` asked for did not come about.
    ///
    /// - Returns: the request that waited longest, which fails with it.
    mutating func openingFailed() -> Request? {
        opening -= 1
        count -= 1
        return waiting.popFirst()
    }

    /// A busy connection has done its work and may serve again.
    mutating func released(_ connection: Connection, _ now: Instant) -> Action? { place(connection, now) }

    /// A busy connection was closed: its answer left doubt, it broke, or it has lived long enough.
    mutating func closed() { count -= 1 }

    /// An idle connection was closed by its peer, or sent what nobody asked for.
    mutating func lost(_ connection: Connection) {
        guard let index = idle.firstIndex(where: { $0.connection == connection }) else { return }
        idle.remove(at: index)
        count -= 1
    }

    /// Idle connections whose time is over, which have to be closed.
    ///
    /// - Parameter isTooOld: whether a connection has lived long enough.
    mutating func expire(_ now: Instant, isTooOld: (Connection) -> Bool) -> [Connection] {
        let isOver = { (entry: Idle) in
            entry.since.advanced(by: idleTimeout) <= now || isTooOld(entry.connection)
        }
        guard idle.contains(where: isOver) else { return [] }
        let expired = idle.filter(isOver)
        idle.removeAll(where: isOver)
        count -= expired.count
        return expired.map(\.connection)
    }

    /// From now on no connection is kept idle; requests that wait are still served.
    ///
    /// - Returns: the idle connections, which have to be closed.
    mutating func drain() -> [Connection] {
        isDraining = true
        defer { idle.removeAll() }
        count -= idle.count
        return idle.map(\.connection)
    }

    /// Opens no more connections than there are requests waiting.
    mutating func openForWaiting() -> Action? {
        guard opening < waiting.count, count < limit else { return nil }
        opening += 1
        count += 1
        return .open
    }

    /// - Returns: nil when the connection is idle now.
    private mutating func place(_ connection: Connection, _ now: Instant) -> Action? {
        if let first = waiting.popFirst() { return .send(first, on: connection) }
        if isDraining {
            count -= 1
            return .close(connection)
        }
        idle.append(Idle(connection: connection, since: now))
        return nil
    }
}
