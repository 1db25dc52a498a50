/// How many durations fell into which of 352 ranges, each power of two divided into sixteen, so that a percentile is wrong
/// by at most 6 %: what Prometheus gets is much coarser. Counting allocates nothing. Microseconds.
package struct FineHistogram: Equatable, Sendable {
    /// Up to 2^25 µs, half a minute.
    static let scale = LogarithmicScale(subdivisionBits: 4, bits: 25)

    private var values = InlineArray<352, UInt64>(repeating: 0)

    package init() {}

    package mutating func observe(microseconds: Int) {
        values[Self.scale.index(of: microseconds)] &+= 1
    }

    package mutating func add(_ other: FineHistogram) {
        for index in values.indices { values[index] &+= other.values[index] }
    }

    /// What has been added since `earlier`.
    func since(_ earlier: FineHistogram) -> FineHistogram {
        var difference = self
        for index in values.indices { difference.values[index] &-= earlier.values[index] }
        return difference
    }

    package static func == (left: FineHistogram, right: FineHistogram) -> Bool {
        left.values.indices.allSatisfy { left.values[$0] == right.values[$0] }
    }

    var count: UInt64 { values.indices.reduce(0) { $0 &+ values[$1] } }

    /// The lowest duration of the range within which this share of all stayed: never more than one of them took. Nil where
    /// there were none.
    package func quantile(_ share: Double) -> Double? {
        let rank = min(max(share, 0), 1) * Double(count)
        var (within, last): (UInt64, Int?) = (0, nil)
        for index in values.indices where values[index] > 0 {
            (within, last) = (within &+ values[index], index)
            if Double(within) >= rank { break }
        }
        return last.map { Double(Self.scale.start(of: $0)) }
    }
}
