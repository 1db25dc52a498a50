package import EdgeCore

/// What one event loop counts: plain numbers in fixed places, so that counting costs a few additions and allocates nothing.
/// Confined to its loop; a copy is read elsewhere.
package struct LoopMetrics: Sendable {
    /// Rows by outcome; in each row a place for every reason, and one for none.
    private var requests = InlineArray<256, UInt64>(repeating: 0)
    private var durations = InlineArray<7, DurationHistogram>(repeating: DurationHistogram())
    /// Of forwarded requests.
    package private(set) var fineDurations = FineHistogram()
    private var limited = InlineArray<3, UInt64>(repeating: 0)
    private var answers = InlineArray<5, UInt64>(repeating: 0)
    private var phases = InlineArray<5, DurationHistogram>(repeating: DurationHistogram())
    private var openedConnections = InlineArray<6, UInt64>(repeating: 0)
    private var closedConnections = InlineArray<6, UInt64>(repeating: 0)
    /// Connections that made room for others.
    package private(set) var displacedConnections: UInt64 = 0

    private static let rowLength = 36

    package init() {}

    // MARK: Counting

    /// A request has ended.
    package mutating func requestEnded(_ outcome: Outcome, _ reason: Reason?, microseconds: Int) {
        let row = outcome.ordinal
        requests[row &* Self.rowLength &+ Self.place(reason)] &+= 1
        durations[row].observe(microseconds: microseconds)
        if outcome == .forwarded { fineDurations.observe(microseconds: microseconds) }
    }

    /// A limit has turned a request down.
    package mutating func requestLimited(_ limit: LimitKind) { limited[limit.rawValue] &+= 1 }

    /// A phase of a request to Plunk is over.
    package mutating func phaseEnded(_ phase: UpstreamPhase, microseconds: Int) {
        phases[phase.rawValue].observe(microseconds: microseconds)
    }

    /// Plunk has answered.
    ///
    /// - Parameter status: 100 to 599.
    package mutating func answered(status: Int) {
        let place = status / 100 - 1
        if answers.indices.contains(place) { answers[place] &+= 1 }
    }

    /// A connection has begun to speak.
    package mutating func connectionOpened(_ kind: ConnectionKind) { openedConnections[kind.place] &+= 1 }

    /// One that had begun to speak has ended.
    package mutating func connectionClosed(_ kind: ConnectionKind) { closedConnections[kind.place] &+= 1 }

    /// One has to make room for another.
    package mutating func connectionDisplaced() { displacedConnections &+= 1 }

    // MARK: Reading

    package mutating func add(_ other: LoopMetrics) {
        for index in requests.indices { requests[index] &+= other.requests[index] }
        for index in durations.indices { durations[index].add(other.durations[index]) }
        fineDurations.add(other.fineDurations)
        for index in limited.indices { limited[index] &+= other.limited[index] }
        for index in answers.indices { answers[index] &+= other.answers[index] }
        for index in phases.indices { phases[index].add(other.phases[index]) }
        for index in openedConnections.indices { openedConnections[index] &+= other.openedConnections[index] }
        for index in closedConnections.indices { closedConnections[index] &+= other.closedConnections[index] }
        displacedConnections &+= other.displacedConnections
    }

    package func requests(_ outcome: Outcome, _ reason: Reason?) -> UInt64 {
        requests[outcome.ordinal * Self.rowLength + Self.place(reason)]
    }

    package func durations(_ outcome: Outcome) -> DurationHistogram { durations[outcome.ordinal] }

    package func limited(_ limit: LimitKind) -> UInt64 { limited[limit.rawValue] }

    /// Answers of Plunk's whose status begins with `digit`, 1 to 5.
    package func answers(_ digit: Int) -> UInt64 { answers[digit - 1] }

    package func phases(_ phase: UpstreamPhase) -> DurationHistogram { phases[phase.rawValue] }

    package func openedConnections(_ kind: ConnectionKind) -> UInt64 { openedConnections[kind.place] }

    /// Connections that speak now.
    package func openConnections(_ kind: ConnectionKind) -> UInt64 {
        openedConnections[kind.place] &- closedConnections[kind.place]
    }

    /// In a row of counters; the first is for no reason.
    private static func place(_ reason: Reason?) -> Int { reason.map { $0.ordinal &+ 1 } ?? 0 }
}

/// Whose limit has turned a request down.
package enum LimitKind: Int, CaseIterable, Sendable {
    case client, key, plunk
}

/// A part of what a request to Plunk takes.
package enum UpstreamPhase: Int, CaseIterable, Sendable {
    /// From acceptance until there was a connection.
    case wait
    /// Resolving and connecting, and TLS behind it: of new connections.
    case connect, tls
    /// From acceptance to the first byte of the answer, and to its end.
    case firstByte, total
}

/// What is spoken on a connection of a client.
package struct ConnectionKind: Hashable, Sendable, CaseIterable {
    package let isHTTP2: Bool
    /// 0 in clear text, 1 and 2 for TLS 1.2 and 1.3.
    private let encryption: Int

    /// - Parameter tls: the version, as the access log has it; nil in clear text.
    package init(isHTTP2: Bool, tls: String?) {
        self.isHTTP2 = isHTTP2
        encryption = tls.map { $0 == "TLSv1.2" ? 1 : 2 } ?? 0
    }

    package var `protocol`: String { isHTTP2 ? "HTTP/2" : "HTTP/1.1" }

    /// Empty in clear text.
    package var tls: String { encryption == 0 ? "" : encryption == 1 ? "TLSv1.2" : "TLSv1.3" }

    package static let allCases = [false, true].flatMap { isHTTP2 in
        [nil, "TLSv1.2", "TLSv1.3"].map { ConnectionKind(isHTTP2: isHTTP2, tls: $0) }
    }

    var place: Int { (isHTTP2 ? 3 : 0) + encryption }
}
