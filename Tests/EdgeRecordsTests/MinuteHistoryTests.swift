import EdgeCore
import Testing

@testable import EdgeRecords

/// The last hour from figures that only grow.
@Suite struct MinuteHistoryTests {
    private static let start = WallTime(milliseconds: 1_764_000_000_000)

    /// As many forwarded requests of 1 to 2.5 milliseconds, and slow ones that are repeats.
    private static func figures(_ count: UInt64, slow: UInt64 = 0) -> RequestFigures {
        var metrics = LoopMetrics()
        for _ in 0..<count { metrics.requestEnded(.forwarded, nil, microseconds: 2000) }
        for _ in 0..<slow { metrics.requestEnded(.forwarded, .alreadyRecorded, microseconds: 20_000_000) }
        return RequestFigures(metrics)
    }

    private static func time(_ seconds: Int64) -> WallTime {
        WallTime(milliseconds: start.milliseconds + seconds * 1000)
    }

    private static func history(_ notes: [(Int64, UInt64)]) -> MinuteHistory {
        var history = MinuteHistory(figures(notes.first?.1 ?? 0), at: time(notes.first?.0 ?? 0))
        for (seconds, count) in notes.dropFirst() { history.note(figures(count), at: time(seconds)) }
        return history
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        /// Seconds and what has been counted by then.
        let notes: [(Int64, UInt64)]
        /// Requests of each minute.
        let minutes: [UInt64]
        let lastMinute: UInt64

        init(_ description: String, _ notes: [(Int64, UInt64)], _ minutes: [UInt64], _ lastMinute: UInt64) {
            (testDescription, self.notes, self.minutes, self.lastMinute) = (description, notes, minutes, lastMinute)
        }
    }

    private static let rows = [
        Row("nothing yet", [(30, 7)], [0], 0),
        Row("what was before is in no minute", [(30, 7), (40, 9)], [2], 2),
        Row("a minute ends", [(30, 0), (50, 3), (60, 5), (70, 9)], [5, 4], 9),
        Row("minutes without a note are empty", [(0, 0), (10, 3), (190, 5), (191, 6)], [5, 0, 0, 1], 3),
        Row("a clock that is set back", [(0, 0), (70, 3), (30, 5), (80, 6)], [3, 3], 3),
        Row(
            "one that was an hour ahead", [(3600, 0), (3610, 3), (3670, 7), (75, 8), (90, 9), (130, 11)], [7, 4, 0], 4),
        Row("the last minute moves on", [(0, 0), (20, 1), (40, 3), (60, 6), (80, 10), (100, 15)], [6, 9], 12),
    ]

    @Test("Each minute has what was counted in it", arguments: rows)
    func minutes(_ row: Row) {
        let history = Self.history(row.notes)
        #expect(history.minutes.map(\.figures.requests) == row.minutes)
        #expect(history.lastMinute.requests == row.lastMinute)
        #expect(history.hour.requests == row.minutes.reduce(0, +))
    }

    @Test("A clock that was ahead takes its minutes back with it")
    func clockAhead() {
        let minutes = Self.history([(3600, 0), (3610, 3), (3670, 7), (75, 8), (130, 11)]).minutes
        #expect(minutes.map(\.start) == [0, 60, 120].map(Self.time))
    }

    @Test("However often somebody asks, no more is kept than a second needs")
    func asked() {
        var history = MinuteHistory(Self.figures(0), at: Self.time(0))
        for step in 1...20_000 {
            let time = WallTime(milliseconds: Self.start.milliseconds + Int64(step) * 10)
            history.note(Self.figures(1), at: time)
        }
        #expect(history.recent.count < 130)
        #expect(history.lastMinute.requests == 0)
    }

    @Test("Minutes follow one another, and an hour of them is kept")
    func hour() {
        for step: Int64 in [10, 59, 60, 61, 150, 10_000_000] {
            let history = Self.history((0..<1000).map { ($0 * step, UInt64($0)) })
            let starts = history.minutes.map(\.start.milliseconds)
            #expect(starts.count == MinuteHistory.length)
            #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 == 60_000 })
            #expect(starts.last == Self.time(999 * step / 60 * 60).milliseconds)
        }
    }

    @Test("Outcomes, reasons and durations are those of the time that is asked for")
    func details() {
        var history = MinuteHistory(Self.figures(1000), at: Self.time(0))
        history.note(Self.figures(1090, slow: 10), at: Self.time(30))
        history.note(Self.figures(1100, slow: 10), at: Self.time(200))
        #expect(history.hour == Self.figures(100, slow: 10))
        #expect(history.lastMinute == Self.figures(10))
    }

    @Test(
        "A quantile is where its range begins, so no more than any request took",
        arguments: [(0.0, 1984), (0.5, 1984), (0.9, 1984), (0.95, 19_922_944), (1.0, 19_922_944)])
    func quantiles(_ share: Double, _ expected: Double) {
        #expect(Self.figures(9, slow: 1).durations.quantile(share) == expected)
    }

    @Test("Nothing has no duration")
    func nothing() { #expect(Self.figures(0).durations.quantile(0.5) == nil) }

    @Test("Percentiles of what a loop has counted are at most a sixteenth less than what requests took")
    func fine() throws {
        for longest in [0, 15, 16, 17, 31, 32, 530, 99_999, 2_001_000, 33_554_431] {
            var metrics = LoopMetrics()
            metrics.requestEnded(.rejected, .missingAuth, microseconds: 40_000_000)
            for _ in 0..<3 { metrics.requestEnded(.forwarded, nil, microseconds: longest) }
            var both = LoopMetrics()
            both.add(metrics)
            both.add(metrics)
            let durations = RequestFigures(both).durations
            #expect(durations.count == 6)
            let quantile = try #require(durations.quantile(0.99))
            #expect(quantile <= Double(longest) && quantile * 17 >= Double(longest) * 16, "\(longest): \(quantile)")
        }
    }
}
