/// How many durations fell into which of sixteen fixed buckets, and their sum. Counting allocates nothing.
package struct DurationHistogram: Sendable {
    /// Upper ends of the buckets in microseconds: from what a refusal takes to the time that a request may take as shipped.
    /// Longer ones are in one more bucket.
    package static let bounds = [
        100, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
        10_000_000, 15_000_000,
    ]

    /// By bucket, not summed up; the last is for what is longer than every bound.
    private var counts = InlineArray<17, UInt64>(repeating: 0)
    package private(set) var sumMicroseconds: UInt64 = 0

    package init() {}

    package mutating func observe(microseconds: Int) {
        counts[Self.bucket(of: microseconds)] &+= 1
        sumMicroseconds &+= UInt64(clamping: microseconds)
    }

    package mutating func add(_ other: DurationHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        sumMicroseconds &+= other.sumMicroseconds
    }

    /// Of the buckets with an upper end.
    var bucketCounts: [UInt64] { Self.bounds.indices.map { counts[$0] } }

    package var count: UInt64 { counts.indices.reduce(0) { $0 &+ counts[$1] } }

    /// Comparisons with constants, the frequent ones first; the table above is what a test holds them to.
    static func bucket(of microseconds: Int) -> Int {
        if microseconds <= 5000 {
            if microseconds <= 500 { return microseconds <= 100 ? 0 : 1 }
            return microseconds <= 1000 ? 2 : microseconds <= 2500 ? 3 : 4
        }
        if microseconds <= 250_000 {
            if microseconds <= 25_000 { return microseconds <= 10_000 ? 5 : 6 }
            return microseconds <= 50_000 ? 7 : microseconds <= 100_000 ? 8 : 9
        }
        if microseconds <= 2_500_000 { return microseconds <= 500_000 ? 10 : microseconds <= 1_000_000 ? 11 : 12 }
        return microseconds <= 5_000_000 ? 13 : microseconds <= 10_000_000 ? 14 : microseconds <= 15_000_000 ? 15 : 16
    }
}
