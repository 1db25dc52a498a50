import EdgeCore
import EdgeTestSupport
import Foundation
import Testing

@testable import EdgeRecords

@Suite struct LogsViewerTests {
    /// What the viewer shows, and what it says about what it read.
    struct Shown {
        var text = ""
        var reports: [String] = []
        var result = LogsViewer.Result()
    }

    static func options(_ columns: Int?, _ change: (inout LogsViewer.Options) -> Void = { _ in }) -> LogsViewer.Options
    {
        var options = LogsViewer.Options()
        options.columns = columns
        change(&options)
        return options
    }

    private static let extremes = ["-0.5", "-12.345", "9223372036854775807", "-9223372036854775808", "1e300", "0.0"]

    @Test("No number in a line stops the viewer", arguments: extremes)
    func extreme(_ number: String) throws {
        let start = #"{"v":1,"time":"2026-11-23T13:39:09.123Z","#
        let record =
            start + #""request_id":"extreme-1","status":\#(number),"outcome":"forwarded","bytes_in":\#(number),"#
            + #""bytes_out":\#(number),"duration_ms":\#(number),"upstream":{"status":\#(number),"connect_ms":\#(number),"#
            + #""tls_ms":\#(number),"first_byte_ms":\#(number),"total_ms":\#(number),"attempts":\#(number)}}"#
        let dropped = start + #""event":"dropped","count":\#(number)}"#
        let log = [record, dropped, dropped, record, ""].joined(separator: "\n")
        var (wide, summary, story) = (Self.options(80), Self.options(80), Self.options(80))
        wide.output = .wide
        summary.isSummary = true
        story.filter.requestIDs = ["extreme-1"]
        for options in [Self.options(80), wide, summary, story] {
            #expect(try Self.view(log, options).result.count.records == 2)
        }
    }

    /// Shows a log that comes through a pipe, or files of a folder.
    static func view(_ log: String, _ options: LogsViewer.Options) throws -> Shown {
        let folder = try TemporaryFolder()
        let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.write("log", Array(log.utf8))))
        return try show { output, report throws(LogsViewer.Failure) in
            try LogsViewer(options).run(input: input.fileDescriptor, name: "the log", output: output, report: report)
        }
    }

    static func view(_ folder: TemporaryFolder, _ names: [String], _ options: LogsViewer.Options) throws -> Shown {
        var shown = try show { output, report throws(LogsViewer.Failure) in
            try LogsViewer(options).run(
                paths: names.map { "\(folder.path)/\($0)" }, follow: false, output: output, report: report)
        }
        shown.reports = shown.reports.map { $0.replacing("\(folder.path)/", with: "") }
        return shown
    }

    private static func show(
        _ run: (Int32, (String) -> Void) throws(LogsViewer.Failure) -> LogsViewer.Result
    ) throws -> Shown {
        let folder = try TemporaryFolder()
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.write("shown", [])))
        var shown = Shown()
        shown.result = try run(output.fileDescriptor) { shown.reports.append($0) }
        shown.text = String(decoding: try folder.read("shown"), as: UTF8.self)
        return shown
    }

    @Test("A table has a header, and what was seen is counted")
    func table() throws {
        let shown = try Self.view(try Fixture.text("table.jsonl"), Self.options(80))
        #expect(try shown.text == Fixture.text("table-80.txt"))
        let count = shown.result.count
        #expect((count.records, count.passed, count.dropped, count.brokenLines) == (11, 11, 12, 1))
        #expect(shown.reports == ["the log: 1 line is no record and was passed over"])
    }

    @Test("Without a terminal nothing is cut")
    func piped() throws {
        #expect(
            try Self.view(try Fixture.text("table.jsonl"), Self.options(nil)).text == Fixture.text("table-wide.txt"))
    }

    @Test("JSON output is the lines as they are, without broken ones")
    func json() throws {
        let log = try Fixture.text("access-log.jsonl")
        let dropped = #"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"dropped","count":3}"#
        let shown = try Self.view(log + "x\n\n" + dropped, Self.options(80) { $0.output = .json })
        #expect(shown.text == log + dropped + "\n")
    }

    @Test("JSON output keeps unknown members and cannot control a terminal")
    func safeJSON() throws {
        let start = #"{"time":"2026-11-23T13:39:09.123Z","request_id":"a","outcome":"forwarded","#
        let line = start + "\t\r\"new\":[1,\"\u{7F}\u{9B}é\u{202E}\"]}"
        let shown = try Self.view(line, Self.options(nil) { $0.output = .json })
        #expect(shown.text == start + "  \"new\":[1,\"\\u007f\\u009bé\\u202e\"]}\n")
    }

    struct Golden: CustomTestStringConvertible, Sendable {
        var columns: Int
        var fixture: String
        var usesBlocks = true
        var coloured = false
        var testDescription: String { fixture }
    }

    static let summaries = [
        Golden(columns: 50, fixture: "summary-50.txt"), Golden(columns: 80, fixture: "summary-80.txt"),
        Golden(columns: 80, fixture: "summary-80-ascii-coloured.txt", usesBlocks: false, coloured: true),
        Golden(columns: 160, fixture: "summary-160.txt"),
    ]

    /// Requests of two hours, as no random generator would bring them: always the same.
    static var busyLog: String {
        var log = ""
        let results = [
            #""status":200,"outcome":"forwarded""#, #""status":200,"outcome":"forwarded""#,
            #""status":401,"outcome":"rejected","code":"INVALID_API_KEY","reason":"secret_key""#,
            #""status":403,"outcome":"rejected","code":"FORBIDDEN","reason":"origin_denied""#,
            #""status":429,"outcome":"limited","code":"RATE_LIMIT_EXCEEDED","reason":"rate_limited""#,
            #""status":502,"outcome":"upstream_failed","code":"EXTERNAL_SERVICE_ERROR","reason":"upstream_invalid_response""#,
        ]
        for number in 0..<2000 {
            let time = Samples.time.milliseconds + Int64(number * 3600 + (number % 37) * (number % 41) * 200)
            let result = results[number % 7 == 0 ? 2 + number / 7 % 4 : number % 2]
            let key =
                result.contains("secret")
                ? #"{"type":"secret","id":"ffb2c3d0","last4":"zz3c"}"#
                : number % 3 == 0
                    ? #"{"type":"public","id":"0a1b2c3d","last4":"9f3c"}"#
                    : #"{"type":"public","id":"0a1b2c3e","last4":"9f3d","name":"mobile"}"#
            log +=
                #"{"v":1,"time":"\#(WallTime(milliseconds: time).iso8601)","request_id":"\#(String(format: "0193577a-6b1c-7d2e-8f30-%012d", number))","#
            log +=
                #""client":"198.51.100.\#(number % 11)","origin":"https://\#(number % 5 == 0 ? "shop" : "app").example.com","key":\#(key),\#(result),"#
            log += #""bytes_in":1,"bytes_out":1,"duration_ms":\#(number % 500).\#(100 + number % 900)}"# + "\n"
        }
        return log
    }

    @Test("A summary is shown as the golden ones", arguments: summaries)
    func summary(_ golden: Golden) throws {
        let dropped = #"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"dropped","count":3}"#
        let shown = try Self.view(
            Self.busyLog + dropped,
            Self.options(golden.columns) {
                ($0.isSummary, $0.usesBlocks, $0.coloured) = (true, golden.usesBlocks, golden.coloured)
            })
        try Fixture.expect(shown.text, golden.fixture)
        for line in shown.text.replacing(/\u{1B}\[\d*m/, with: "").split(separator: "\n") {
            #expect(line.count <= golden.columns)
        }
    }

    @Test("A summary of nothing says so; one of hostile records controls no terminal, at any width", arguments: 1...200)
    func anySummary(_ columns: Int) throws {
        let options = Self.options(columns) { $0.isSummary = true }
        #expect(try Self.view("", options).text == "no record\n")
        let text = try Self.view(Fixture.text("table.jsonl") + Fixture.text("access-log.jsonl"), options).text
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        let widest = text.split(separator: "\n").map { TerminalText(String($0)).columns }.max() ?? 0
        #expect(widest <= max(40, columns))
    }

    static let stories = [
        Golden(columns: 50, fixture: "story-50.txt"), Golden(columns: 80, fixture: "story-80.txt"),
        Golden(columns: 80, fixture: "story-80-coloured.txt", coloured: true),
        Golden(columns: 160, fixture: "story-160.txt"),
    ]

    @Test("The story of each of three records is told as the golden ones", arguments: stories)
    func story(_ golden: Golden) throws {
        var text = ""
        for line in try Fixture.text("access-log.jsonl").split(separator: "\n") {
            guard case .record(let entry) = AccessLogReader.decode(Array(line.utf8)[...]) else { continue }
            text +=
                RecordStory.make(entry, columns: golden.columns, paint: Paint(isColoured: golden.coloured)) + "---\n"
        }
        try Fixture.expect(text, golden.fixture)
        for line in text.replacing(/\u{1B}\[\d*m/, with: "").split(separator: "\n") {
            #expect(TerminalText(String(line)).columns <= golden.columns)
        }
    }

    @Test("An ID that is one record's tells its story; one that is several's lists them; JSON stays JSON")
    func requestIDs() throws {
        let log = try Fixture.text("table.jsonl")
        func shown(_ id: String, _ output: LogsViewer.Output = .table) throws -> String {
            try Self.view(
                log,
                Self.options(80) {
                    $0.filter.requestIDs = [id]
                    $0.output = output
                }
            ).text
        }
        let one = "0193577a-6b1c-7d2e-8f30-112233445502"
        #expect(try shown(one).contains("Rotate the key"))
        #expect(try shown(one, .json).hasPrefix(#"{"v": 1, "time": "2026-11-23T13:39:06.194Z""#))
        #expect(try shown("0193577a").split(separator: "\n").count == 13)
        #expect(try shown("none") == "")
    }

    @Test("A reader that goes away ends the viewer quietly")
    func closedOutput() throws {
        let output = Pipe.ofThisProcess()
        let input = try FileHandle(forReadingFrom: Fixture.url("table.jsonl"))
        try output.fileHandleForReading.close()
        // In the program the signal is ignored from the start.
        signal(SIGPIPE, SIG_IGN)
        let result = try LogsViewer(LogsViewer.Options()).run(
            input: input.fileDescriptor, name: "the log", output: output.fileHandleForWriting.fileDescriptor
        ) { _ in }
        #expect(result.count.records == 11)
        try input.close()
    }

    @Test("An input that cannot be read is said so")
    func unreadable() throws {
        var reports: [String] = []
        let result = try LogsViewer(LogsViewer.Options()).run(input: -1, name: "the log", output: 1) {
            reports.append($0)
        }
        #expect(reports == ["the log: Bad file descriptor; 0 records of it could be read"])
        #expect(!result.isComplete)
    }
}
