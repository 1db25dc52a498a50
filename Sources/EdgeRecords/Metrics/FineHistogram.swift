/// How many durations fell into which of 352 ranges, each power of two divided into sixteen, so that a percentile is wrong
/// by at most 6 %: what Prometheus gets is much coarser. Counting allocates nothing. Microseconds.
package struct FineHistogram: Sendable {
    private static let subdivisionBits = 4
    private static let subdivisions = 1 << subdivisionBits
    /// Up to 2^25 µs, half a minute; the last range has what is longer, too.
    static let size = (25 - subdivisionBits + 1) * subdivisions

    /// The lowest duration of each range.
    package static let starts = (0..<size).map { index -> UInt64 in
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

    /// By range.
    package var counts: [UInt64] { values.indices.map { values[$0] } }

    static func range(of microseconds: Int) -> Int {
        guard microseconds >= subdivisions else { return max(0, microseconds) }
        let shift = Int.bitWidth &- 1 &- microseconds.leadingZeroBitCount &- subdivisionBits
        return min(shift &* subdivisions &+ microseconds >> shift, size &- 1)
    }
}
