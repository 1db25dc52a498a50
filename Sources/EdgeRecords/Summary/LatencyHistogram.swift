/// How long things took, in fixed memory: each power of two is divided into 32, so that a percentile is wrong by at
/// most 3 %. The longest is exact.
struct LatencyHistogram {
    /// Up to 2^40 µs, which is twelve days.
    private static let scale = LogarithmicScale(subdivisionBits: 5, bits: 40)

    private var counts = [Int](repeating: 0, count: scale.size)
    private(set) var count = 0
    private(set) var longest = 0

    mutating func add(_ microseconds: Int) {
        counts[Self.scale.index(of: microseconds)] += 1
        count += 1
        longest = max(longest, microseconds)
    }

    /// The time within which `share` (0 to 1) of all ended, in microseconds; 0 if there is nothing.
    func percentile(_ share: Double) -> Int {
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (index, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(longest, Self.scale.middle(of: index)) }
        }
        return longest
    }
}
