internal import EdgeCore

/// A ``LogSummary`` as people read it, in a given number of columns, or whole: for a pipe, with every reason and nothing
/// cut.
struct SummaryText {
    private let summary: LogSummary
    private let columns: Int
    private let usesBlocks: Bool
    private let paint: Paint
    private var text = ""

    private let isWhole: Bool

    private static let rows = 8
    private static let leaks = 20
    private static let pagesOfLeak = 3

    /// - Parameter columns: nil for a pipe.
    static func make(_ summary: LogSummary, columns: Int?, usesBlocks: Bool, paint: Paint) -> String {
        var maker = SummaryText(summary: summary, columns: columns, usesBlocks: usesBlocks, paint: paint)
        maker.make()
        return maker.text
    }

    private init(summary: LogSummary, columns: Int?, usesBlocks: Bool, paint: Paint) {
        (self.summary, self.usesBlocks, self.paint) = (summary, usesBlocks, paint)
        (self.columns, isWhole) = (max(40, columns ?? LogsViewer.usualColumns), columns == nil)
    }

    private mutating func make() {
        beginning()
        guard summary.records > 0 else { return }
        let rows = isWhole ? LogSummary.reasonsKept : Self.rows
        pair(
            Count(heading: "OUTCOME", summary.outcomes.top(rows)), Count(heading: "REASON", summary.reasons.top(rows)))
        pair(
            Count(heading: "KEY", summary.keys.top(Self.rows)), Count(heading: "CLIENT", summary.clients.top(Self.rows))
        )
        lines(block(Count(heading: "ORIGIN", summary.origins.top(Self.rows)), width: columns))
        latency()
        chart()
        slowest()
        leaks()
    }

    private mutating func beginning() {
        let records = summary.records.counted("record", "records")
        if let first = summary.first, let last = summary.last {
            add(records + ", " + Self.moment(first) + " to " + Self.moment(last) + " UTC", .none)
        } else {
            add("no record", .none)
        }
        if summary.dropped > 0 {
            add(
                "\(summary.dropped.counted("record is", "records are")) missing: the log could not be written", .red)
        }
    }

    // MARK: Counts

    /// A heading and what stands under it.
    private struct Count {
        let heading: String
        let rows: [CountTable.Row]
        let others: Int

        init(heading: String, _ top: (rows: [CountTable.Row], others: Int)) {
            (self.heading, rows, others) = (heading, top.rows, top.others)
        }

        /// Columns of the longest name; short names do not send their counts to the other side of a wide terminal.
        var nameWidth: Int { max(24, rows.map { TerminalText($0.text).columns }.max() ?? 0) }

        var numberWidth: Int { max(5, max(rows.first?.count ?? 0, others).grouped.utf8.count) }
    }

    /// Two side by side, where no name has to be cut for it.
    private mutating func pair(_ left: Count, _ right: Count) {
        let half = (columns - 2) / 2
        guard columns >= 70, !left.rows.isEmpty,
            [left, right].allSatisfy({ $0.nameWidth + $0.numberWidth + 7 <= half })
        else {
            lines(block(left, width: columns))
            return lines(block(right, width: columns))
        }
        let (first, second) = (block(left, width: half), block(right, width: half))
        text += "\n"
        for index in 0..<max(first.count, second.count) {
            let start = index < first.count ? first[index] : String(repeating: " ", count: half)
            let row = index < second.count ? start + "  " + second[index] : start
            add(row, index == 0 ? .bold : .none)
        }
    }

    private mutating func lines(_ block: [String]) {
        guard !block.isEmpty else { return }
        text += "\n"
        for (index, row) in block.enumerated() { add(row, index == 0 ? .bold : .none) }
    }

    /// Rows of exactly `width` columns, or of more in a pipe.
    private func block(_ table: Count, width: Int) -> [String] {
        guard !table.rows.isEmpty else { return [] }
        let (rows, others, counts) = (table.rows, table.others, table.numberWidth)
        let name = isWhole ? table.nameWidth : min(width - counts - 7, table.nameWidth)
        func row(_ text: String, _ count: String, _ share: String) -> String {
            var line = ""
            TerminalText(text).append(width: name, to: &line)
            line += " "
            TerminalText(count).append(width: counts, alignedRight: true, to: &line)
            TerminalText(share).append(width: 6, alignedRight: true, to: &line)
            return line + String(repeating: " ", count: max(0, width - name - counts - 7))
        }
        func share(_ count: Int) -> String {
            let percent = Double(count) * 100 / Double(max(1, summary.records))
            return percent > 0 && percent < 1 ? "<1%" : "\(Int(percent.rounded()))%"
        }
        return [row(table.heading, "COUNT", "SHARE")]
            + rows.map { row($0.text.isEmpty ? "-" : $0.text, $0.count.grouped, share($0.count)) }
            + (others > 0 ? [row("(others)", others.grouped, share(others))] : [])
    }

    // MARK: Time

    private mutating func latency() {
        guard summary.latency.count > 0 else { return }
        var rows = [("all", summary.latency)]
        for (outcome, histogram) in zip(Outcome.allCases, summary.latencyByOutcome) where histogram.count > 0 {
            rows.append((outcome.rawValue, histogram))
        }
        text += "\n"
        let precision = columns >= 75 ? "  percentiles within 3 %" : ""
        latencyRow("TOOK", ["P50", "P90", "P99", "MAX"], .bold, note: precision)
        for (name, histogram) in rows where rows.count != 2 || name == "all" {
            let times = [0.5, 0.9, 0.99].map { histogram.percentile($0) } + [histogram.longest]
            latencyRow(name, times.map(AccessLogColumn.duration), .none)
        }
    }

    private mutating func latencyRow(_ name: String, _ times: [String], _ colour: Paint.Colour, note: String = "") {
        var row = ""
        TerminalText(name).append(width: 15, to: &row)
        for time in times { TerminalText(time).append(width: 8, alignedRight: true, to: &row) }
        add(row + note, colour)
    }

    private mutating func chart() {
        let rows = TimeChart(summary.bins, columns: columns, usesBlocks: usesBlocks).rows
        if !rows.isEmpty { text += "\n" }
        for row in rows { add(row.text, row.colour) }
    }

    // MARK: Records

    private mutating func slowest() {
        guard !summary.slowest.isEmpty else { return }
        let result = isWhole ? 25 : columns - 64
        func row(_ time: String, _ took: String, _ status: String, _ reason: String, _ id: String) -> String {
            var row = ""
            TerminalText(time).append(width: 14, to: &row)
            TerminalText(took).append(width: 7, alignedRight: true, to: &row)
            row += " "
            TerminalText(status).append(width: 5, to: &row)
            if result >= 8 {
                TerminalText(reason).append(width: min(25, result), to: &row)
                row += " "
            }
            TerminalText(id).append(width: min(36, columns - 27), to: &row)
            return row
        }
        text += "\n"
        add(row("SLOWEST", "TOOK", "HTTP", "RESULT", "REQUEST-ID"), .bold)
        for slow in summary.slowest {
            guard case .record(let entry) = AccessLogReader.decode(slow.line[...]) else { continue }
            add(
                row(
                    String(Self.moment(entry.time).dropFirst(5)), AccessLogColumn.duration(slow.microseconds),
                    entry.status.map { "\($0)" } ?? "-", entry.reason ?? entry.outcome, entry.requestID), .none)
        }
    }

    private mutating func leaks() {
        guard !summary.leaks.isEmpty else { return }
        let sorted = summary.leaks.values.sorted { $0.last != $1.last ? $0.last > $1.last : $0.id < $1.id }
        let count = max(5, (sorted.map(\.count).max() ?? 0).grouped.utf8.count)
        let page = isWhole ? Int.max : columns - 16 - count - 2 * 13
        func row(_ key: String, _ number: String, _ first: String, _ last: String, _ origin: String) -> String {
            var row = ""
            TerminalText(key).append(width: 15, to: &row)
            TerminalText(number).append(width: count, alignedRight: true, to: &row)
            row += "  "
            TerminalText(first).append(width: 12, to: &row)
            TerminalText(last).append(width: 12, to: &row)
            let origin = TerminalText(origin)
            if page >= 10 { origin.append(width: min(page, origin.columns), to: &row) }
            return row
        }
        text += "\n"
        add("LEAKED SECRET KEYS: rotate them in Plunk's dashboard", .red)
        add(row("KEY", "COUNT", "FIRST", "LAST", "PAGE"), .bold)
        for leak in sorted.prefix(Self.leaks) {
            let key = "#\(leak.id)" + (leak.last4.map { " …\($0)" } ?? "")
            let pages = leak.origins.isEmpty ? ["-"] : Array(leak.origins.prefix(Self.pagesOfLeak))
            for (index, origin) in pages.enumerated() {
                guard index == 0 || page >= 10 else { break }
                add(
                    index == 0
                        ? row(key, leak.count.grouped, Self.minute(leak.first), Self.minute(leak.last), origin)
                        : row("", "", "", "", origin), .none)
            }
            let others = leak.origins.count - Self.pagesOfLeak
            if page >= 10, others > 0 {
                add(row("", "", "", "", "+\(others)\(leak.hasOtherOrigins ? " or more" : "")"), .none)
            }
        }
        let others = sorted.count - Self.leaks
        if others > 0 {
            let more = summary.otherLeaks > 0 ? " and more: \(summary.otherLeaks.grouped) requests" : ""
            add("and \(others) other keys\(more)", .none)
        }
    }

    // MARK: Lines

    /// Writes a row, cut where the terminal ends.
    private mutating func add(_ row: String, _ colour: Paint.Colour) {
        var row = row
        while row.utf8.last == 0x20 { row.removeLast() }
        let content = TerminalText(row)
        if !isWhole, content.columns > columns {
            row = ""
            content.append(width: columns, to: &row)
        }
        text += paint(row, colour) + "\n"
    }

    /// `2026-11-23 13:39:09`.
    private static func moment(_ time: WallTime) -> String { "\(time.date) \(time.timeOfDay)" }

    /// `11-23 13:39`.
    static func minute(_ time: WallTime) -> String { String(moment(time).dropFirst(5).prefix(11)) }
}
