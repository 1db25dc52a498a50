import EdgeCore
import EdgeRecords
import Foundation
import Testing

@Suite struct AccessLogTableTests {
    static func render(_ layout: AccessLogTable.Layout, coloured: Bool = false) throws -> String {
        var table = AccessLogTable(layout, coloured: coloured)
        var text = table.header
        for line in try Fixture.text("table.jsonl").split(separator: "\n") {
            text += table.text(for: AccessLogReader.decode(Array(line.utf8)[...]))
        }
        return text
    }

    struct Golden: CustomTestStringConvertible, Sendable {
        var layout: AccessLogTable.Layout
        var coloured = false
        var fixture: String
        var testDescription: String { fixture }
    }

    static let goldens = [
        Golden(layout: .fitted(columns: 50), fixture: "table-50.txt"),
        Golden(layout: .fitted(columns: 80), fixture: "table-80.txt"),
        Golden(layout: .fitted(columns: 80), coloured: true, fixture: "table-80-coloured.txt"),
        Golden(layout: .fitted(columns: 160), fixture: "table-160.txt"),
        Golden(layout: .wide, fixture: "table-wide.txt"),
    ]

    @Test("A log is shown as the golden tables", arguments: goldens)
    func golden(_ golden: Golden) throws {
        try Fixture.expect(Self.render(golden.layout, coloured: golden.coloured), golden.fixture)
    }

    @Test("Nothing in a log controls the terminal, at any width", arguments: 0...200)
    func controlsNothing(_ columns: Int) throws {
        let text = try Self.render(.fitted(columns: columns))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(!text.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) })
    }

    @Test("Lines of a table are as wide as their header", arguments: 40...200)
    func keepsWidth(_ columns: Int) throws {
        var table = AccessLogTable(.fitted(columns: columns))
        let width = table.header.count - 1
        #expect(width <= columns)
        for line in try Fixture.text("table.jsonl").split(separator: "\n") {
            guard line.utf8.allSatisfy({ $0 < 0x80 }), !line.contains("\"event\"") else { continue }
            let shown = table.text(for: AccessLogReader.decode(Array(line.utf8)[...]))
            for row in shown.split(separator: "\n") where !row.hasPrefix("--") { #expect(row.count == width) }
        }
    }

    @Test("A line as the edge writes it is formatted for a live view; a broken one is not")
    func formatsLines() {
        var table = AccessLogTable(.fitted(columns: 80))
        var encoder = AccessRecordEncoder()
        var line: [UInt8] = []
        encoder.encode(Samples.full, into: &line)
        let shown = table.text(for: AccessLogReader.decode(line.dropLast()))
        #expect(
            shown == """
                -- 2026-11-23, UTC --
                13:39:09 429  upstream_rate_l… POST /v1/track    web-app  198.51.100.10   8.41ms

                """)
        #expect(table.text(for: AccessLogReader.decode(line.dropLast(2))) == "")
    }

    struct Took: CustomTestStringConvertible, Sendable {
        var microseconds: Int
        var shown: String
        var testDescription: String { shown }
    }

    @Test(
        "Durations are shown with three digits that matter",
        arguments: [
            Took(microseconds: 0, shown: "<.01ms"), Took(microseconds: 9, shown: "<.01ms"),
            Took(microseconds: 10, shown: "0.01ms"), Took(microseconds: 420, shown: "0.42ms"),
            Took(microseconds: 8_412, shown: "8.41ms"), Took(microseconds: 10_000, shown: "10.0ms"),
            Took(microseconds: 99_999, shown: "99.9ms"), Took(microseconds: 153_412, shown: "153ms"),
            Took(microseconds: 1_000_000, shown: "1.0s"), Took(microseconds: 99_999_999, shown: "99.9s"),
            Took(microseconds: 100_000_000, shown: "100s"),
        ])
    func durations(_ took: Took) {
        var table = AccessLogTable(.fitted(columns: 80))
        var entry = AccessLogEntry(time: Samples.time, requestID: "a", outcome: "forwarded")
        entry.durationMicroseconds = took.microseconds
        #expect(table.text(for: .record(entry)).hasSuffix(" \(took.shown)\n"))
    }
}
