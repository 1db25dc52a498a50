import EdgeConfiguration
import EdgeCore
import Foundation
import Testing

@Suite struct ReportTests {
    private func problems(_ members: String) throws -> ConfigurationProblems {
        try #require(#expect(throws: ConfigurationProblems.self) { try load(members) })
    }

    @Test("A problem is one line that editors jump to")
    func line() throws {
        let problems = try problems(#", "limits": {"timeouts": {"idle": "3 s"}}"#)
        #expect(
            problems.description == """
                config.json:1:127: /limits/timeouts/idle: "3 s" is not a duration. \
                Write a number and a unit: "250ms", "3s", "5m", "24h".
                """)
    }

    @Test("For people: a paragraph for each problem, lines of 80 columns, a sum")
    func text() throws {
        let report = ConfigurationReport(try problems(#", "endpoint": "/a%20b", "weather": 1"#))
        #expect(!report.isAcceptable)
        #expect(
            report.text(colour: false) == """
                config.json:1:107: error at /endpoint
                  "/a%20b" has a character that this path may not have.
                  Use only letters, digits, "-", ".", "_", "~" and "/": no query, no "%",
                  nothing beyond ASCII.

                config.json:1:117: error at /weather
                  "weather" is not known here.
                  Known here: $schema, listeners, endpoint, upstream, keys, origins,
                  requireOrigin, body, events, limits, trustedProxies, clientAddress, accessLog,
                  admin, shutdown.

                config.json: 2 errors

                """)
        #expect(report.text(colour: true).contains("\u{1B}[31merror\u{1B}[0m at /endpoint"))
    }

    @Test("Warnings are not lost behind errors, and all is in the file's order")
    func mixed() throws {
        let report = ConfigurationReport(
            try problems(#", "endpoint": "a", "events": {"allow": []}, "weather": 1"#))
        #expect(!report.isAcceptable)
        let text = report.text(colour: false)
        let places = text.matches(of: /(error|warning) at (\S+)/).map { "\($0.1) \($0.2)" }
        #expect(places == ["error /endpoint", "warning /events", "error /weather"])
        #expect(text.hasSuffix("config.json: 2 errors, 1 warning\n"))
    }

    @Test("For programs: an array of objects")
    func json() throws {
        let report = ConfigurationReport(try problems(#", "endpoint": "a\"b\n""#))
        #expect(
            report.json == #"""
                [
                  {
                    "severity": "error",
                    "file": "config.json",
                    "line": 1,
                    "column": 107,
                    "pointer": "/endpoint",
                    "message": "\"a\"b\\u{a}\" does not start with a slash.",
                    "suggestion": "Write \"/a\"b\\u{a}\"."
                  }
                ]

                """#)
    }

    @Test("Remarks about a file that loads: warnings let it start")
    func remarks() throws {
        let warned = ConfigurationReport(
            path: "c.json", try load(#", "events": {"allow": []}, "trustedProxies": ["0.0.0.0/0"]"#))
        #expect(warned.isAcceptable)
        #expect(warned.text(colour: false).hasSuffix("\nc.json: 2 warnings\n"))
        #expect(ConfigurationReport(path: "c.json", try load()).text(colour: true) == "c.json: no problems\n")
    }

    @Test("A file that cannot be read is one problem without a line", arguments: ["/missing/config.json", "/"])
    func unreadable(_ path: String) throws {
        let loader = ConfigurationLoader(environment: [:], sha256: testDigest)
        let problems = try #require(#expect(throws: ConfigurationProblems.self) { try loader.load(path: path) })
        #expect(problems.description.hasPrefix("\(path): The file cannot be read: "))
        #expect(problems.problems.map(\.position) == [nil])
        #expect(!ConfigurationReport(problems).json.contains("\"line\""))
    }

    @Test("Relative paths start at the file's folder, wherever the process runs")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = """
            {"listeners": [{"address": "127.0.0.1:0"}], "upstream": {"url": "https://plunk.example.com"},
             "accessLog": {"path": "access.log"}}
            """
        try Data(text.utf8).write(to: folder.appending(path: "config.json"))
        let loader = ConfigurationLoader(environment: [:], sha256: testDigest)
        let settings = try loader.load(path: folder.appending(path: "config.json").path).settings
        #expect(settings.accessLog.destination == .file("\(folder.path)/access.log"))
        let atRoot = try load(#", "accessLog": {"path": "/access.log"}"#).settings
        #expect(atRoot.accessLog.destination == .file("/access.log"))
    }

    @Test("A file of more than 1 MiB is refused")
    func large() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
        try Data(repeating: 0x20, count: 1024 * 1024 + 1).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let loader = ConfigurationLoader(environment: [:], sha256: testDigest)
        let problems = try #require(#expect(throws: ConfigurationProblems.self) { try loader.load(path: file.path) })
        #expect(problems.description.contains("it is larger than 1MiB"))
    }
}
