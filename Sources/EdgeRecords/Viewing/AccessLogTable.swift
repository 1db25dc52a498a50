internal import EdgeCore

/// Writes access log entries as lines of a table whose columns stay where they are from the first line on. Text of the
/// log cannot control the terminal.
package struct AccessLogTable {
    package enum Layout: Hashable, Sendable {
        /// As many columns as the terminal has: what is too long is cut; from 80 on, every column is shown.
        case fitted(columns: Int)
        /// One line a record, nothing cut: for a pipe or a file.
        case wide
    }

    private let painted: Paint
    private let columns: Int
    private let widths: [(column: AccessLogColumn, width: Int)]
    private let isWide: Bool
    /// The day of the last line: a fitted table shows the date once a day.
    private var day: Int64?

    package init(_ layout: Layout, coloured: Bool = false) {
        painted = Paint(isColoured: coloured)
        switch layout {
        case .fitted(let columns):
            (widths, isWide) = (Self.fit(columns), false)
            self.columns = columns
        case .wide:
            (widths, isWide) = (AccessLogColumn.allCases.map { ($0, $0.idealWidth) }, true)
            columns = .max
        }
    }

    /// The headings, with a newline.
    package var header: String {
        var line = ""
        if isWide { line += "DATE       " }
        for (index, (column, width)) in widths.enumerated() {
            if index > 0 { line += " " }
            TerminalText(column.heading).append(width: width, alignedRight: column.isAlignedRight, to: &line)
        }
        if isWide { line += " OUTCOME         CODE                   PROTOCOL TLS     REQUEST-ID" }
        return painted(line, .bold) + "\n"
    }

    /// What to show for a line of the log, with newlines; empty for a broken one.
    package mutating func text(for line: AccessLogLine) -> String {
        switch line {
        case .record(let entry): dayLine(entry.time) + row(entry)
        case .dropped(let count, let time):
            dayLine(time) + missing(count, time)
        case .broken: ""
        }
    }

    private func missing(_ count: Int, _ time: WallTime) -> String {
        let text = TerminalText(
            (isWide ? time.date + " " : "") + time.timeOfDay
                + " \(count.counted("record is", "records are")) missing here: the log could not be written")
        var line = ""
        text.append(width: min(text.columns, columns), to: &line)
        return painted(line, .red) + "\n"
    }

    private func row(_ entry: AccessLogEntry) -> String {
        var line = isWide ? entry.time.date + " " : ""
        for (index, (column, width)) in widths.enumerated() {
            if index > 0 { line += " " }
            let text = TerminalText(column.text(of: entry, width: width))
            var cell = ""
            // A pipe's reader wants all of it, even where that pushes the rest aside.
            text.append(
                width: isWide ? max(width, text.columns) : width, alignedRight: column.isAlignedRight, to: &cell)
            line += painted(cell, Self.colour(of: column, entry))
        }
        if isWide {
            let texts = [
                (entry.outcome, 15), (entry.code ?? "-", 22), (entry.protocol ?? "-", 8), (entry.tls ?? "-", 7),
            ]
            for (text, width) in texts {
                let text = TerminalText(text)
                line += " "
                text.append(width: max(width, text.columns), to: &line)
            }
            line += " "
            TerminalText(entry.requestID).append(to: &line)
        }
        return line + "\n"
    }

    /// Says which day it is, before the first line of each. A wide line says it itself.
    private mutating func dayLine(_ time: WallTime) -> String {
        let today = time.milliseconds.flooredQuotient(dividingBy: 86_400_000)
        guard !isWide, today != day else { return "" }
        day = today
        return painted("-- \(time.date), UTC --", .dim) + "\n"
    }

    /// Leaves out what matters least until the rest fits, then shares what is left: first come the columns that are cut
    /// most often.
    private static func fit(_ columns: Int) -> [(column: AccessLogColumn, width: Int)] {
        var shown = AccessLogColumn.allCases
        func left() -> Int { columns - shown.reduce(shown.count - 1) { $0 + $1.minimumWidth } }
        for column in [AccessLogColumn.client, .key, .duration, .time] where left() < 0 {
            shown.removeAll { $0 == column }
        }
        var spare = max(0, left())
        var widths = Dictionary(uniqueKeysWithValues: shown.map { ($0, $0.minimumWidth) })
        for column in [AccessLogColumn.time, .result, .request, .key, .client, .duration] {
            guard let width = widths[column] else { continue }
            let extra = min(spare, column.idealWidth - width)
            // Half a clock time more is of no use.
            if column == .time, width + extra < column.idealWidth { continue }
            widths[column] = width + extra
            spare -= extra
        }
        widths[.request]? += spare
        return shown.compactMap { column in widths[column].map { (column, $0) } }
    }
}

// MARK: Colours

extension AccessLogTable {
    private static func colour(of column: AccessLogColumn, _ entry: AccessLogEntry) -> Paint.Colour {
        switch column {
        case .time: return .dim
        case .status, .result: return Paint.Colour(status: entry.status)
        case .request, .key, .client, .duration: return .none
        }
    }
}
