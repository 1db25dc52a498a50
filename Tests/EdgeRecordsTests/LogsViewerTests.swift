import EdgeRecords
import Foundation
import Testing

@Suite struct LogsViewerTests {
    /// What the viewer shows of `log`, and what it says about it.
    static func view(_ log: Data, _ options: LogsViewer.Options) throws -> (text: String, summary: LogsViewer.Summary) {
        let (input, output) = (Pipe(), Pipe())
        let shown = Reading(output.fileHandleForReading)
        Thread.detachNewThread {
            try? input.fileHandleForWriting.write(contentsOf: log)
            try? input.fileHandleForWriting.close()
        }
        let summary = try LogsViewer(options).run(
            input: input.fileHandleForReading.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor)
        try output.fileHandleForWriting.close()
        return (String(decoding: shown.wait(), as: UTF8.self), summary)
    }

    @Test("A table of a pipe has a header and counts what it saw")
    func table() throws {
        var options = LogsViewer.Options()
        options.columns = 80
        let (text, summary) = try Self.view(Data(try Fixture.text("table.jsonl").utf8), options)
        #expect(try text == Fixture.text("table-80.txt"))
        #expect((summary.records, summary.dropped, summary.brokenLines) == (11, 12, 1))
    }

    @Test("Without a terminal nothing is cut")
    func piped() throws {
        let (text, _) = try Self.view(Data(try Fixture.text("table.jsonl").utf8), LogsViewer.Options())
        #expect(try text == Fixture.text("table-wide.txt"))
    }

    @Test("JSON output is the lines as they are, without broken ones")
    func json() throws {
        var options = LogsViewer.Options()
        options.output = .json
        let log = try Fixture.text("access-log.jsonl")
        let dropped = #"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"dropped","count":3}"#
        let (text, summary) = try Self.view(Data((log + "x\n\n" + dropped).utf8), options)
        #expect(text == log + dropped + "\n")
        #expect((summary.records, summary.dropped, summary.brokenLines) == (3, 3, 1))
    }

    @Test("JSON output keeps unknown members and cannot control a terminal")
    func safeJSON() throws {
        var options = LogsViewer.Options()
        options.output = .json
        let start = #"{"time":"2026-11-23T13:39:09.123Z","request_id":"a","outcome":"forwarded","#
        let line = start + "\t\r\"new\":[1,\"\u{7F}\u{9B}é\u{202E}\"]}"
        let (text, _) = try Self.view(Data(line.utf8), options)
        #expect(text == start + "  \"new\":[1,\"\\u007f\\u009bé\\u202e\"]}\n")
    }

    @Test("A reader that goes away ends the viewer quietly")
    func closedOutput() throws {
        let output = Pipe()
        let input = try FileHandle(forReadingFrom: Fixture.url("table.jsonl"))
        try output.fileHandleForReading.close()
        // In the program the signal is ignored from the start.
        signal(SIGPIPE, SIG_IGN)
        let summary = try LogsViewer(LogsViewer.Options()).run(
            input: input.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor)
        #expect(summary.records == 11)
        try input.close()
    }

    @Test("An input that cannot be read is said so")
    func unreadable() {
        let failure = LogsViewer.Failure(isReading: true, code: EBADF)
        #expect(failure.description == "the log cannot be read: Bad file descriptor")
        #expect(throws: failure) { try LogsViewer(LogsViewer.Options()).run(input: -1, output: 1) }
    }
}
