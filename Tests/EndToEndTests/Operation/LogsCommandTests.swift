import EdgeTestSupport
import Foundation
import Testing

/// `plunk-edge logs` as a person types it.
@Suite(.serialized) struct LogsCommandTests {
    private static func record(_ number: Int) -> String {
        let second = String(format: "%02d:%02d", number / 60, number % 60)
        return
            #"{"v":1,"time":"2026-11-23T13:\#(second).000Z","request_id":"record-\#(number)","status":\#(number % 2 == 0 ? 200 : 401),"#
            + #""outcome":"\#(number % 2 == 0 ? "forwarded" : "rejected")","bytes_in":1,"bytes_out":1,"duration_ms":1.000}"#
            + "\n"
    }

    private static func log(_ numbers: Range<Int>) -> [UInt8] { Array(numbers.map(record).joined().utf8) }

    /// A log that a test writes as a server would.
    private final class Log {
        let folder: TemporaryFolder
        let path: String
        private var handle: FileHandle?

        init() throws {
            folder = try TemporaryFolder()
            path = "\(folder.path)/access.log"
        }

        func write(_ numbers: Range<Int>) throws {
            if handle == nil {
                _ = FileManager.default.createFile(atPath: path, contents: nil)
                handle = FileHandle(forWritingAtPath: path)
            }
            try handle?.write(contentsOf: LogsCommandTests.log(numbers))
        }

        func rename(_ name: String) throws {
            try FileManager.default.moveItem(atPath: path, toPath: "\(folder.path)/\(name)")
        }

        /// What is written from here on goes into a new file.
        func reopen() { handle = nil }

        func cut() throws { try handle?.truncate(atOffset: 0) }
    }

    private static func follow(_ log: Log, _ arguments: String...) throws -> ChildProcess {
        try ChildProcess(EdgeProcess.binary, ["logs", log.path, "--follow", "--output", "json"] + arguments)
    }

    private static func waitFor(_ number: Int, in process: ChildProcess) throws {
        _ = try process.output.waitForLine("record \(number)") { $0.contains("\"record-\(number)\"") ? true : nil }
    }

    private static func end(_ process: ChildProcess, _ expected: [UInt8], said: String = "") throws {
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
        #expect(try process.output.waitForEnd() == String(decoding: expected, as: UTF8.self))
        #expect(try process.errors.waitForEnd() == said)
    }

    @Test("`--follow` begins with the last ten and goes on across rotation: the old file to its end, then the new one")
    func rotation() throws {
        let log = try Log()
        try log.write(0..<30)
        let process = try Self.follow(log)
        try Self.waitFor(29, in: process)
        try log.write(30..<40)
        try log.rename("access.log.1")
        // The server has not opened the new file yet, which logrotate has made.
        #expect(FileManager.default.createFile(atPath: log.path, contents: nil))
        try log.write(40..<50)
        log.reopen()
        try log.write(50..<60)
        try Self.waitFor(59, in: process)
        // Twice at once.
        try log.rename("access.log.20261123T134000.000Z")
        log.reopen()
        try log.write(60..<70)
        try log.rename("access.log.20261123T134100.000Z")
        log.reopen()
        try log.write(70..<80)
        try Self.waitFor(79, in: process)
        try Self.end(process, Self.log(20..<80))
    }

    @Test("`--follow` waits for a file that is not there, and begins anew where one is cut short")
    func truncation() throws {
        let log = try Log()
        let process = try Self.follow(log, "--status", "200", "--since", "2026-11-23")
        _ = try process.errors.waitForLine("what it waits for") { $0.contains("waiting") ? true : nil }
        try log.write(0..<20)
        try Self.waitFor(18, in: process)
        try log.cut()
        try log.write(20..<22)
        try Self.waitFor(20, in: process)
        try FileManager.default.removeItem(atPath: log.path)
        log.reopen()
        try log.write(22..<24)
        try Self.waitFor(22, in: process)
        try Self.end(
            process, Array(stride(from: 0, to: 24, by: 2)).flatMap { Self.log($0..<$0 + 1) },
            said: "plunk-edge: \(log.path) is not there yet; waiting\n")
    }

    @Test("What stands in a followed log's place and cannot be read is named once, and what comes after it is shown")
    func replacedByFolder() throws {
        let log = try Log()
        try log.write(0..<1)
        let process = try Self.follow(log)
        try Self.waitFor(0, in: process)
        try FileManager.default.removeItem(atPath: log.path)
        try FileManager.default.createDirectory(atPath: log.path, withIntermediateDirectories: false)
        let said = "plunk-edge: \(log.path): Is a directory"
        _ = try process.errors.waitForLine("what is in the way") { $0 == said ? true : nil }
        try FileManager.default.removeItem(atPath: log.path)
        log.reopen()
        try log.write(1..<2)
        try Self.waitFor(1, in: process)
        try Self.end(process, Self.log(0..<2), said: said + "\n")
    }

    @Test("A real edge is followed while its log is moved away and opened anew")
    func realEdge() throws {
        let (upstream, folder) = (try RecordingUpstream(), try TemporaryFolder())
        let edge = try EdgeProcess(upstream: upstream.port, ["accessLog": ["path": "\(folder.path)/access.log"]])
        let scene = Scene(edge: edge, upstream: upstream)
        let process = try EdgeProcess.run("logs", "--config", "\(edge.folder.path)/config.json", "--follow")
        func expectRequest() throws {
            let answer = try scene.exchange(.track().without("Authorization"))
            #expect(answer.status == 401)
        }
        for round in 1...3 {
            try expectRequest()
            var seen = 0
            _ = try process.output.waitForLine("request \(round)") { line in
                if line.contains("missing_auth") { seen += 1 }
                return seen == round ? true : nil
            }
            try FileManager.default.moveItem(
                atPath: "\(folder.path)/access.log", toPath: "\(folder.path)/access.log.\(9 - round)")
            edge.process.send(SIGUSR1)
        }
        #expect(try edge.terminate() == 0)
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }

    struct Mistake: CustomTestStringConvertible, Sendable {
        var arguments: [String]
        var said: String
        var status: Int32 = 64
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let mistakes = [
        Mistake(
            arguments: ["--reason", "secret_kye"],
            said: "--reason: there is no reason \"secret_kye\": did you mean secret_key?"),
        Mistake(arguments: ["--status", "2000"], said: "--status: \"2000\" is no status"),
        Mistake(arguments: ["--client", "10.0.0.0/99"], said: "--client: \"10.0.0.0/99\" is no block"),
        Mistake(arguments: ["--slower", "fast"], said: "--slower: \"fast\" is no duration"),
        Mistake(arguments: ["--since", "yesterday"], said: "--since: \"yesterday\" is no time"),
        Mistake(arguments: ["--last", "0"], said: "--last takes 1 to 100000."),
        Mistake(arguments: ["--follow", "--summary"], said: "--summary needs an end"),
        Mistake(arguments: ["--output", "xml"], said: "xml"),
        Mistake(arguments: ["-", "other.log"], said: "- stands alone"),
        Mistake(arguments: ["/dev/null", "--request-id", "01a2"], said: "give 8 characters or more"),
        Mistake(arguments: ["/etc", "--follow"], said: "plunk-edge: /etc: Is a directory\n", status: 71),
        Mistake(arguments: ["/etc/passwd/access.log", "--follow"], said: "Not a directory\n", status: 71),
        Mistake(arguments: ["/etc/passwd"], said: "/etc/passwd is no access log", status: 71),
        Mistake(arguments: ["/nowhere/access.log"], said: "/nowhere/access.log: No such file or directory", status: 71),
        Mistake(
            arguments: ["/nowhere/access.log", "/dev/null"], said: "/nowhere/access.log: No such file or directory",
            status: 71),
    ]

    @Test("What means nothing is said to in words", arguments: mistakes)
    func refuses(_ mistake: Mistake) throws {
        let process = try ChildProcess(EdgeProcess.binary, ["logs"] + mistake.arguments)
        #expect(try process.waitForExit() == mistake.status)
        let said = try process.errors.waitForEnd()
        #expect(said.contains(mistake.said), "\(said)")
    }

    @Test("A file's name cannot speak to the terminal")
    func hostileName() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("evil\u{1B}]0;title\u{7}.log", Array("no log\n".utf8))
        let process = try ChildProcess(EdgeProcess.binary, ["logs", file])
        #expect(try process.waitForExit() == 71)
        let said = try process.errors.waitForEnd()
        #expect(said.contains("evil\u{FFFD}]0;title\u{FFFD}.log is no access log"), "\(said)")
    }

    /// Runs a command of the binary on a terminal of its own, which script(1) makes.
    private static func onTerminal(_ arguments: String, environment: String = "") throws -> ChildProcess {
        let command = "env -u NO_COLOR \(environment) '\(EdgeProcess.binary)' \(arguments)"
        return try Tool.terminal.start(["--quiet", "--return", "--command", command, "/dev/null"])
    }

    @Test("On a terminal nothing is waited for that nobody names")
    func bareTerminal() throws {
        let process = try Self.onTerminal("logs")
        #expect(try process.waitForExit() == 64)
        #expect(try process.output.waitForEnd().contains("name a FILE, or --config FILE"))
    }

    @Test(
        "A terminal that can is coloured, unless somebody says no",
        arguments: [
            ("TERM=xterm", true), ("TERM=dumb", false), ("TERM=xterm NO_COLOR=1", false),
        ])
    func colours(_ environment: String, _ isColoured: Bool) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("access.log", Self.log(0..<3))
        let process = try Self.onTerminal("logs '\(file)'", environment: environment)
        #expect(try process.waitForExit() == 0)
        let shown = try process.output.waitForEnd()
        #expect(shown.contains("13:00:02"))
        #expect(shown.contains("\u{1B}[") == isColoured)
    }

    @Test("`--config` needs the one string that it is about, and neither the edge's environment nor its rights")
    func lenientConfiguration() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("access.log", Self.log(0..<1))
        let rest = #""upstream": {"url": "${UNSET}"}, "listeners": [{"address": "x", "tls": {"key": "none.key"}}]"#
        func run(_ path: String) throws -> ChildProcess {
            let text = #"{\#(rest), "accessLog": {"path": "\#(path)", "maxSize": 7}}"#
            return try EdgeProcess.run(
                "logs", "--config", folder.write("config.json", Array(text.utf8)), "--output=json")
        }
        for path in [log, "access.log"] {
            let process = try run(path)
            #expect(try process.waitForExit() == 0)
            #expect(try process.output.waitForEnd() == Self.record(0))
            #expect(try process.errors.waitForEnd() == "")
        }
        let unknown = try run("${UNSET}/access.log")
        #expect(try unknown.waitForExit() == 78)
        #expect(try unknown.errors.waitForEnd().contains("UNSET"))
    }

    @Test("Filters, the last, and a compressed log on standard input work together")
    func together() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("access.log", Self.log(0..<60))
        #expect(try ChildProcess("/usr/bin/gzip", ["-k", file]).waitForExit() == 0)
        let compressed = try folder.read("access.log.gz")
        let process = try EdgeProcess.run(
            "logs", "-", "--status", "4xx", "--until", "2026-11-23T13:00:50", "--last", "2", "--output", "json",
            input: compressed)
        #expect(try process.waitForExit() == 0)
        #expect(try process.output.waitForEnd() == Self.record(47) + Self.record(49))
        let summary = try EdgeProcess.run("logs", file, "--summary", environment: ["COLUMNS": "80"])
        #expect(try summary.waitForExit() == 0)
        #expect(
            try summary.output.waitForEnd().hasPrefix("60 records, 2026-11-23 13:00:00 to 2026-11-23 13:00:59 UTC\n"))
        let none = try EdgeProcess.run("logs", file, "--reason", "another_versions")
        #expect(try none.waitForExit() == 0)
        #expect(
            try none.errors.waitForEnd() == """
                plunk-edge: "another_versions" is no reason of this version; records of another version may have it
                plunk-edge: none of 60 records that were read is what you look for

                """)
    }

    @Test("A reader that has enough ends it quietly")
    func head() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("access.log", (0..<50).flatMap { _ in Self.log(0..<60) })
        // Another test of this process may have had the signal ignored, which children inherit.
        let logs = "env --default-signal=PIPE '\(EdgeProcess.binary)' logs '\(file)'"
        let command = "set -o pipefail; \(logs) | head -n 1"
        let process = try ChildProcess("/bin/bash", ["-c", command])
        #expect(try process.waitForExit() == 0)
        #expect(try process.errors.waitForEnd() == "")
        #expect(try process.output.waitForEnd().hasPrefix("DATE "))
    }
}
