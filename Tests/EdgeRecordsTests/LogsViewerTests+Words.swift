import EdgeCore
import EdgeTestSupport
import Foundation
import Testing

@testable import EdgeRecords

/// What the viewer says of records, and of what is none.
extension LogsViewerTests {
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
}
