import EdgeTestSupport
import Foundation
import Testing

/// `plunk-edge logs` as a person types it.
@Suite(.serialized) struct LogsCommandTests {
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
        let file = try folder.write("access.log", NumberedLog.text(0..<3))
        let process = try Self.onTerminal("logs '\(file)'", environment: environment)
        #expect(try process.waitForExit() == 0)
        let shown = try process.output.waitForEnd()
        #expect(shown.contains("13:00:02"))
        #expect(shown.contains("\u{1B}[") == isColoured)
    }

    @Test("`--config` needs the one string that it is about, and neither the edge's environment nor its rights")
    func lenientConfiguration() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("access.log", NumberedLog.text(0..<1))
        let rest = #""upstream": {"url": "${UNSET}"}, "listeners": [{"address": "x", "tls": {"key": "none.key"}}]"#
        func run(_ path: String) throws -> ChildProcess {
            let text = #"{\#(rest), "accessLog": {"path": "\#(path)", "maxSize": 7}}"#
            return try EdgeProcess.run(
                "logs", "--config", folder.write("config.json", Array(text.utf8)), "--output=json")
        }
        for path in [log, "access.log"] {
            let process = try run(path)
            #expect(try process.waitForExit() == 0)
            #expect(try process.output.waitForEnd() == NumberedLog.record(0))
            #expect(try process.errors.waitForEnd() == "")
        }
        let unknown = try run("${UNSET}/access.log")
        #expect(try unknown.waitForExit() == 78)
        #expect(try unknown.errors.waitForEnd().contains("UNSET"))
    }

    @Test("Filters, the last, and a compressed log on standard input work together")
    func together() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("access.log", NumberedLog.text(0..<60))
        #expect(try ChildProcess("/usr/bin/gzip", ["-k", file]).waitForExit() == 0)
        let compressed = try folder.read("access.log.gz")
        let process = try EdgeProcess.run(
            "logs", "-", "--status", "4xx", "--until", "2026-11-23T13:00:50", "--last", "2", "--output", "json",
            input: compressed)
        #expect(try process.waitForExit() == 0)
        #expect(try process.output.waitForEnd() == NumberedLog.record(47) + NumberedLog.record(49))
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
        let file = try folder.write("access.log", (0..<50).flatMap { _ in NumberedLog.text(0..<60) })
        // Another test of this process may have had the signal ignored, which children inherit.
        let logs = "env --default-signal=PIPE '\(EdgeProcess.binary)' logs '\(file)'"
        let command = "set -o pipefail; \(logs) | head -n 1"
        let process = try ChildProcess("/bin/bash", ["-c", command])
        #expect(try process.waitForExit() == 0)
        #expect(try process.errors.waitForEnd() == "")
        #expect(try process.output.waitForEnd().hasPrefix("DATE "))
    }
}
