/// How long things took, in fixed memory: each power of two is divided into 32, so that a percentile is wrong by at
/// most 3 %. The longest is exact.
struct LatencyHistogram {
    private static let subdivisionBits = 5
    private static let subdivisions = 1 << subdivisionBits
    /// Up to 2^40 µs, which is twelve days.
    private static let size = (40 - subdivisionBits + 1) * subdivisions

    private var counts = [Int](repeating: 0, count: size)
    private(set) var count = 0
    private(set) var longest = 0

    mutating func add(_ microseconds: Int) {
        let index = min(Self.index(of: max(0, microseconds)), Self.size - 1)
        counts[index] += 1
        count += 1
        longest = max(longest, microseconds)
    }

    /// The time within which `share` (0 to 1) of all ended, in microseconds; 0 if there is nothing.
    func percentile(_ share: Double) -> Int {
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (index, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(longest, Self.middle(of: index)) }
        }
        return longest
    }

    private static func index(of value: Int) -> Int {
        guard value >= subdivisions else { return value }
        let power = Int.bitWidth - 1 - value.leadingZeroBitCount
        let shift = power - subdivisionBits
        return (shift + 1) * subdivisions + (value >> shift) - subdivisions
    }

    private static func middle(of index: Int) -> Int {
        guard index >= subdivisions else { return index }
        let shift = index / subdivisions - 1
        let start = (index % subdivisions + subdivisions) << shift
        return start + (1 << shift) / 2
    }
}
