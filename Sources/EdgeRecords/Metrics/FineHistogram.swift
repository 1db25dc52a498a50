/// How many durations fell into which of 352 ranges, each power of two divided into sixteen, so that a percentile is wrong
/// by at most 6 %: what Prometheus gets is much coarser. Counting allocates nothing. Microseconds.
package struct FineHistogram: Equatable, Sendable {
    private static let subdivisionBits = 4
    private static let subdivisions = 1 << subdivisionBits
    /// Up to 2^25 µs, half a minute; the last range has what is longer, too.
    static let size = (25 - subdivisionBits + 1) * subdivisions

    /// The lowest duration of each range.
    static let starts = (0..<size).map { index -> UInt64 in
        guard index >= subdivisions else { return UInt64(index) }
        return UInt64(index % subdivisions + subdivisions) << UInt64(index / subdivisions - 1)
    }

    private var values = InlineArray<352, UInt64>(repeating: 0)

    package init() {}

    package mutating func observe(microseconds: Int) {
        values[Self.range(of: microseconds)] &+= 1
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
        var (within, lowest): (UInt64, UInt64?) = (0, nil)
        for (index, start) in Self.starts.enumerated() where values[index] > 0 {
            (within, lowest) = (within &+ values[index], start)
            if Double(within) >= rank { break }
        }
        return lowest.map { Double($0) }
    }

    static func range(of microseconds: Int) -> Int {
        guard microseconds >= subdivisions else { return max(0, microseconds) }
        let shift = Int.bitWidth &- 1 &- microseconds.leadingZeroBitCount &- subdivisionBits
        return min(shift &* subdivisions &+ microseconds >> shift, size &- 1)
    }
}
