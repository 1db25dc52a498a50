import EdgeCore
import Testing

@testable import EdgeRecords

/// What a summary counts with: all of it bounded.
@Suite struct SummaryTests {
    private static func add(_ text: String, to table: inout CountTable) {
        Array(text.utf8).withUnsafeBufferPointer { table.add($0) }
    }

    @Test("Texts are counted, the most frequent first")
    func counts() {
        var table = CountTable(capacity: 8)
        for text in ["a", "b", "a", "", "a-longer-text-than-eight", "b", "a", "a-longer-text-than-nine!"] {
            Self.add(text, to: &table)
        }
        let (rows, others) = table.top(2)
        #expect(rows == [CountTable.Row(text: "a", count: 3), CountTable.Row(text: "b", count: 2)])
        #expect(others == 3)
        #expect(table.top(4).rows.count == 5)
    }

    @Test("Any number of texts takes no more room, and the frequent ones keep their counts")
    func bounded() {
        var table = CountTable(capacity: 64)
        for number in 0..<50_000 {
            Self.add("frequent", to: &table)
            Self.add("rare \(number)", to: &table)
        }
        let (rows, others) = table.top(1)
        #expect(rows == [CountTable.Row(text: "frequent", count: 50_000)])
        #expect(others == 50_000)
        #expect(table.others >= 50_000 - 64)
    }

    @Test("Percentiles are right within three per cent, and the longest exactly")
    func latency() {
        var histogram = LatencyHistogram()
        var generator = SeededGenerator(seed: 1)
        var all = (0..<20_000).map { _ in Int(generator.next() >> 20) >> Int.random(in: 8...43, using: &generator) }
        for microseconds in all { histogram.add(microseconds) }
        all.sort()
        for share in [0.01, 0.5, 0.9, 0.99, 1] {
            let exact = all[max(0, Int((share * Double(all.count)).rounded(.up)) - 1)]
            #expect(abs(histogram.percentile(share) - exact) <= max(1, exact * 3 / 100), "\(share)")
        }
        #expect(histogram.longest == all.last)
        #expect(LatencyHistogram().percentile(0.5) == 0)
        histogram.add(.max)
        #expect(histogram.longest == .max)
    }

    @Test("Times from anywhere, in any order, are kept in bounded room and none is lost", arguments: 0..<50)
    func bins(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bins = TimeBins()
        let spread = Int64(1) << Int64.random(in: 4...47, using: &generator)
        for number in 0..<500 {
            bins.add(
                WallTime(milliseconds: Int64.random(in: -spread...spread, using: &generator)),
                isRefusal: number % 5 == 0)
            #expect(bins.bins.count <= TimeBins.capacity)
        }
        #expect(bins.bins.reduce(0) { $0 + $1.requests } == 500)
        #expect(bins.bins.reduce(0) { $0 + $1.refusals } == 100)
        for width in [2, 7, 68, 2000] {
            let gathered = bins.gathered(atMost: width)
            #expect(gathered.bins.count <= width)
            #expect(gathered.bins.reduce(0) { $0 + $1.requests } == 500)
            #expect(gathered.begin <= bins.begin)
        }
    }
}
