internal import EdgeCore

/// How many requests came when, as a graph of text; nothing where all came in one of its columns.
struct TimeChart {
    private static let labelColumns = 12

    /// Its lines, the heading first.
    private(set) var rows: [(text: String, colour: Paint.Colour)] = []
    private let usesBlocks: Bool

    /// - Parameters:
    ///   - columns: how wide it may be.
    ///   - usesBlocks: whether the terminal shows block elements; ASCII otherwise.
    init(_ bins: TimeBins, columns: Int, usesBlocks: Bool) {
        self.usesBlocks = usesBlocks
        let gathered = bins.gathered(atMost: columns - Self.labelColumns)
        guard gathered.bins.count > 1 else { return }
        rows.append(("OVER TIME, one column is \(Self.span(gathered.width))", .bold))
        addGraph("requests", gathered.bins.map(\.requests), height: 4, .none)
        if gathered.bins.contains(where: { $0.refusals > 0 }) {
            addGraph("refusals", gathered.bins.map(\.refusals), height: 2, .yellow)
        }
        addAxis(from: gathered.begin, count: gathered.bins.count, width: gathered.width)
    }

    private mutating func addGraph(_ name: String, _ values: [Int], height: Int, _ colour: Paint.Colour) {
        let highest = max(1, values.max() ?? 1)
        for row in 0..<height {
            let caption = row == 0 ? name : row == 1 ? "max \(highest.shortened)" : ""
            var line = ""
            TerminalText(caption).append(width: Self.labelColumns, to: &line)
            for value in values {
                // What is more than nothing is seen.
                let eighths = value == 0 ? 0 : max(1, value * height * 8 / highest)
                line += mark(min(8, max(0, eighths - (height - 1 - row) * 8)))
            }
            rows.append((line, colour))
        }
    }

    private func mark(_ eighths: Int) -> String {
        let marks = usesBlocks ? " ▁▂▃▄▅▆▇█" : " ...::###"
        return String(Array(marks)[eighths])
    }

    /// When the first column begins and the last one ends.
    private mutating func addAxis(from begin: WallTime, count: Int, width: Int64) {
        let end = WallTime(milliseconds: begin.milliseconds + Int64(count) * width)
        let clock = width < 60_000 ? \.timeOfDay : SummaryText.minute
        var axis = String(repeating: " ", count: Self.labelColumns) + clock(begin)
        let closing = clock(end)
        let gap = Self.labelColumns + count - axis.utf8.count - closing.utf8.count
        if gap > 0 { axis += String(repeating: " ", count: gap) + closing }
        rows.append((axis, .dim))
    }

    private static func span(_ milliseconds: Int64) -> String {
        let units: [(name: String, value: Int64)] = [
            ("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000),
        ]
        let unit = units.first { milliseconds % $0.value == 0 } ?? ("second", 1000)
        let count = milliseconds / unit.value
        return "\(count) \(unit.name)\(count == 1 ? "" : "s")"
    }
}
