package import EdgeCore

/// What one event loop counts: plain numbers in fixed places, so that counting costs a few additions and allocates nothing.
/// Confined to its loop; a copy is read elsewhere.
package struct LoopMetrics: Sendable {
    /// Rows by outcome; in each row a place for every reason, and one for none.
    private var requests = InlineArray<256, UInt64>(repeating: 0)
    private var durations = InlineArray<7, DurationHistogram>(repeating: DurationHistogram())

    private static let rowLength = 36

    package init() {}

    // MARK: Counting

    /// A request has ended.
    package mutating func requestEnded(_ outcome: Outcome, _ reason: Reason?, microseconds: Int) {
        let row = outcome.ordinal
        requests[row &* Self.rowLength &+ (reason?.place ?? 0)] &+= 1
        durations[row].observe(microseconds: microseconds)
    }

    // MARK: Reading

    package mutating func add(_ other: LoopMetrics) {
        for index in requests.indices { requests[index] &+= other.requests[index] }
        for index in durations.indices { durations[index].add(other.durations[index]) }
    }

    package func requests(_ outcome: Outcome, _ reason: Reason?) -> UInt64 {
        requests[outcome.ordinal * Self.rowLength + (reason?.place ?? 0)]
    }

    package func durations(_ outcome: Outcome) -> DurationHistogram { durations[outcome.ordinal] }
}

extension Reason {
    /// Its place in a row of counters; 0 is for no reason.
    var place: Int { ordinal + 1 }
}
