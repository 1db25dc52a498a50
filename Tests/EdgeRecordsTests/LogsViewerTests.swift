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

    /// The time of day of each row of a table.
    static func minutes(_ shown: Shown) -> [String] {
        shown.text.split(separator: "\n").compactMap { $0.firstMatch(of: /^(\d\d:\d\d):/).map { String($0.1) } }
    }

    private static func log(_ minutes: ClosedRange<Int>) -> [UInt8] {
        minutes.flatMap { minute in
            Array(
                #"{"v":1,"time":"2026-11-23T13:\#(minute):00.000Z","request_id":"r\#(minute)","outcome":"forwarded"}"#
                    .utf8)
                + [0x0A]
        }
    }

    private static func rotatedLog() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try folder.write("access.log.20261123T131500.000Z.gz", GzipTests.gzip(log(10...14)))
        _ = try folder.write("access.log.20261123T132000.000Z", log(15...19))
        // Being compressed.
        _ = try folder.write("access.log.20261123T132000.000Z.gz", [0x1F])
        _ = try folder.write("access.log.1", log(20...24))
        _ = try folder.write("access.log-20261123.gz", GzipTests.gzip(log(25...29)))
        _ = try folder.write("access.log", log(30...34))
        for other in ["access.log.bak", "access.log.1.orig", "access.logs", "other.log", "access.log.1.gz.partial"] {
            _ = try folder.write(other, log(50...50))
        }
        return folder
    }

    @Test("A log's rotated files come before it, whatever they are called, oldest first, each once")
    func rotated() throws {
        let folder = try Self.rotatedLog()
        let all = (10...34).map { "13:\($0)" }
        for names in [["access.log"], ["access.log", "access.log"], ["access.log.1", "access.log"]] {
            let shown = try Self.view(folder, names, Self.options(80))
            #expect(Self.minutes(shown) == all)
            #expect(shown.reports.isEmpty && shown.result.isComplete)
        }
        #expect(Self.minutes(try Self.view(folder, ["access.log.1"], Self.options(80))) == Array(all[10..<15]))
    }

    @Test("The last records come from the newest files, and no file is read that is not needed")
    func last() throws {
        let folder = try Self.rotatedLog()
        for count in [1, 5, 6, 23, 25, 100] {
            let shown = try Self.view(folder, ["access.log"], Self.options(80) { $0.last = count })
            #expect(Self.minutes(shown) == (10...34).suffix(count).map { "13:\($0)" })
            #expect(shown.result.count.records == min(25, (count + 4) / 5 * 5))
        }
    }

    @Test("Files that were last written to before --since are not opened")
    func since() throws {
        let folder = try Self.rotatedLog()
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)], ofItemAtPath: "\(folder.path)/access.log.1"
        )
        let shown = try Self.view(
            folder, ["access.log"], Self.options(80) { $0.filter.since = WallTime(milliseconds: 1_750_000_000_000) })
        #expect(shown.result.count.records == 20)
    }

    @Test("What cannot be read, is cut or is no log is named, and the rest is shown")
    func failures() throws {
        let folder = try Self.rotatedLog()
        let whole = try folder.read("access.log-20261123.gz")
        _ = try folder.write("access.log-20261123.gz", Array(whole.dropLast(9)))
        _ = try folder.write("notes.txt", Array("one\ntwo\n".utf8))
        let shown = try Self.view(folder, ["access.log", "none.log", "notes.txt", "."], Self.options(80))
        #expect(Self.minutes(shown).count >= 20)
        #expect(!shown.result.isComplete)
        #expect(shown.reports.contains("none.log: No such file or directory"))
        #expect(!shown.text.contains("50:00"))
        #expect(shown.reports.contains("notes.txt is no access log: none of its 2 lines is a record"))
        #expect(shown.reports.contains { $0.hasSuffix("Is a directory; 0 records of it could be read") })
        #expect(
            shown.reports.contains {
                $0.hasPrefix("access.log-20261123.gz: the compressed file ends too early; ")
                    && $0.hasSuffix("could be read")
            })
        #expect(shown.reports.count == 4)
    }

    @Test("What is no log has no table, and is said to be none")
    func noLog() throws {
        let shown = try Self.view("one", Self.options(80))
        #expect(shown.text == "")
        #expect(shown.reports == ["the log is no access log: its one line is no record"])
        #expect(!shown.result.isComplete)
        #expect(try Self.view("", Self.options(80)).result.isComplete)
    }

    @Test("What the edge itself says in a journal is passed over without a word")
    func journal() throws {
        let log = try Fixture.text("access-log.jsonl")
        let line = "plunk-edge: listening on http://127.0.0.1:8080\n"
        let shown = try Self.view(line + log + line, Self.options(80))
        #expect(shown.text == (try Self.view(log, Self.options(80)).text))
        #expect(shown.reports.isEmpty && shown.result.count.brokenLines == 0)
        #expect(try Self.view(line, Self.options(80)).result.isComplete)
    }

    struct Told: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// The record's members from the status on.
        var members: String
        var says: [String]
        var hides: [String] = []
    }

    static let told = [
        Told(
            testDescription: "no connection",
            members:
                #""status":502,"outcome":"upstream_failed","reason":"upstream_connect","upstream":{"total_ms":0.140,"attempts":0}"#,
            says: ["nothing was sent", "given up after 0.14ms"], hides: ["whole answer"]),
        Told(
            testDescription: "an answer",
            members: #""status":200,"outcome":"forwarded","upstream":{"status":200,"total_ms":1.000,"attempts":1}"#,
            says: ["whole answer after 1.00ms", "What to do  Nothing to do.\n"], hides: ["given up"]),
        Told(
            testDescription: "Plunk's 429", members: #""status":429,"outcome":"forwarded""#,
            says: ["Send fewer events"], hides: ["Below 300"]),
        Told(
            testDescription: "Plunk's 500", members: #""status":500,"outcome":"forwarded""#, says: ["Plunk failed"],
            hides: ["Below 300"]),
        Told(
            testDescription: "Plunk's 422", members: #""status":422,"outcome":"forwarded","code":"VALIDATION_ERROR""#,
            says: ["Answer      422 VALIDATION_ERROR", "its code says why"], hides: ["Below 300"]),
        Told(
            testDescription: "client gone", members: #""outcome":"client_gone","reason":"client_gone""#,
            says: ["Result      client_gone\n"]),
        Told(
            testDescription: "two checks", members: #""status":403,"outcome":"rejected","reason":"origin_denied""#,
            says: ["Check       2: preflight, or 7: origin\n"], hides: ["README"]),
    ]

    @Test("The story says of a record what is true of it", arguments: told)
    func tells(_ told: Told) throws {
        let line = #"{"time":"2026-11-23T13:39:09.123Z","request_id":"a",\#(told.members)}"#
        let text = try Self.view(line, Self.options(160) { $0.filter.requestIDs = ["a"] }).text
        for part in told.says { #expect(text.contains(part)) }
        for part in told.hides { #expect(!text.contains(part)) }
    }

    @Test("The page names the checks as the story does, and there are as many as in the README's table")
    func checkNames() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let page = try String(
            contentsOf: root.appending(path: "Sources/EdgeServer/Admin/Page/page.js"), encoding: .utf8)
        let list = try #require(page.firstMatch(of: /const checks = \[([^\]]*)\]/)?.1)
        let names = list.matches(of: /'([^']*)'/).map { String($0.1) }
        #expect(names == ReasonStory.checkNames.map(\.description))
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("\n| \(names.count) | ") && !readme.contains("\n| \(names.count + 1) | "))
    }

    /// Clients that differ at their ends only, more reasons than are shown, and a key that leaks from five pages.
    static var variousLog: String {
        let reasons = Reason.allCases.map(\.rawValue)
        return (0..<60).map { number in
            let key = number < 10 ? #""key":{"type":"secret","id":"ffb2c3d0","last4":"zz3c"},"# : ""
            return #"{"v":1,"time":"2026-11-23T13:39:\#(10 + number % 50).123Z","request_id":"record-\#(number)","#
                + #""client":"2001:db8:aaaa:bbbb:cccc:dddd:eeee:000\#(number % 9)","#
                + #""origin":"https://page-\#(number % 5).example.com",\#(key)"status":401,"outcome":"rejected","#
                + #""reason":"\#(reasons[number % reasons.count])","bytes_in":1,"bytes_out":1,"duration_ms":1.000}"#
                + "\n"
        }.joined()
    }

    @Test("A summary keeps long names apart, and in a pipe shows all reasons", arguments: [80, nil])
    func various(_ columns: Int?) throws {
        let shown = try Self.view(Self.variousLog, Self.options(columns) { $0.isSummary = true })
        try Fixture.expect(shown.text, "summary-various-\(columns.map { "\($0)" } ?? "piped").txt")
        for number in 0..<9 { #expect(shown.text.contains("2001:db8:aaaa:bbbb:cccc:dddd:eeee:000\(number) ")) }
        for reason in Reason.allCases where columns == nil { #expect(shown.text.contains(" \(reason.rawValue) ")) }
    }

    @Test("A reader that goes away ends the viewer quietly")
    func closedOutput() throws {
        let output = Pipe()
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
