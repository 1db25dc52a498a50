import EdgeTestSupport
import Foundation
import Testing

/// The commands beside `serve`, as a person types them.
@Suite(.serialized) struct CommandTests {
    private static let good =
        #"{"listeners":[{"address":"127.0.0.1:0"}],"upstream":{"url":"https://plunk.example.com"}}"#
    private static let bad = """
        {
          "listeners": [{ "address": "127.0.0.1:99999" }],
          "upstream": { "url": "http://plunk.example.com" },
          "orgins": ["\(Planted.secret)"]
        }
        """

    @Test("`check` says that a file is good, or everything that is wrong with it")
    func check() throws {
        let folder = try TemporaryFolder()
        let good = try EdgeProcess.run("check", "--config", try folder.write("good.json", Array(Self.good.utf8)))
        #expect(try good.waitForExit() == 0)
        let bad = try EdgeProcess.run("check", "--config", try folder.write("bad.json", Array(Self.bad.utf8)))
        #expect(try bad.waitForExit() == 78)
        let text = try bad.output.waitForEnd() + bad.errors.waitForEnd()
        for part in ["bad.json:2:", "bad.json:3:", "bad.json:4:", "origins"] { #expect(text.contains(part), "\(text)") }
        #expect(!text.contains("CANARY"))
    }

    @Test("`check` reads the upstream's authorities as the edge will")
    func checkAuthorities() throws {
        let folder = try TemporaryFolder()
        let broken = "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n"
        _ = try folder.write("ca.pem", Array(broken.utf8))
        let text = Self.good.replacing("example.com\"", with: "example.com\",\"caFile\":\"ca.pem\"")
        let file = try folder.write("config.json", Array(text.utf8))
        for command in ["check", "serve"] {
            let process = try EdgeProcess.run(command, "--config", file)
            #expect(try process.waitForExit() == 78)
            let said = try process.output.waitForEnd() + process.errors.waitForEnd()
            #expect(said.contains("/upstream/caFile") && said.contains("holds no certificate that can be read."))
        }
    }

    @Test("`check --json` is an array of problems for programs")
    func checkJSON() throws {
        let folder = try TemporaryFolder()
        let process = try EdgeProcess.run(
            "check", "--json", "--config", try folder.write("bad.json", Array(Self.bad.utf8)))
        #expect(try process.waitForExit() == 78)
        guard case .array(let problems) = try JSONValue(parsing: Array(process.output.waitForEnd().utf8)) else {
            Issue.record("no array")
            return
        }
        #expect(problems.count >= 3)
        #expect(problems.allSatisfy { $0["line"]?.number != nil && $0["pointer"]?.string != nil })
    }

    @Test("`schema` prints one JSON object")
    func schema() throws {
        let process = try EdgeProcess.run("schema")
        #expect(try process.waitForExit() == 0)
        #expect(try JSONValue(parsing: Array(process.output.waitForEnd().utf8))["properties"]?["listeners"] != nil)
    }

    @Test("`logs` shows what `serve` wrote: a table, or the lines as they are")
    func logs() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let scene = Scene(edge: edge, upstream: upstream)
        _ = try scene.exchange(.track())
        _ = try scene.exchange(.track().without("Authorization"))
        #expect(try edge.terminate() == 0)
        let log = try edge.process.output.waitForEnd()

        let table = try EdgeProcess.run("logs", input: Array((log + "broken\n").utf8))
        #expect(try table.waitForExit() == 0)
        let text = try table.output.waitForEnd()
        #expect(text.contains("200") && text.contains("401") && text.contains("missing_auth"), "\(text)")
        #expect(!text.contains("\u{1B}"), "no colour in a pipe")
        #expect(try table.errors.waitForEnd().contains("1 line"))

        let file = try edge.folder.write("access.log", Array(log.utf8))
        let json = try EdgeProcess.run("logs", file, "--output", "json")
        #expect(try json.waitForExit() == 0)
        #expect(try json.output.waitForEnd() == log)

        let missing = try EdgeProcess.run("logs", "\(edge.folder.path)/none.log")
        #expect(try missing.waitForExit() == 71)
        #expect(try missing.errors.waitForEnd().split(separator: "\n").count == 1)
    }

    @Test("`demo` prints four lines that do what they say, and shows each of them in its log")
    func demo() throws {
        let process = try EdgeProcess.run("demo", "--port", "0")
        _ = try process.output.waitForLine("end of the introduction") { $0.contains("access log") ? $0 : nil }
        // What is pasted: each command with its continued lines, and the comment before it.
        let introduction = process.output.text.replacing("\\\n", with: "")
        let commands = introduction.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("curl") }
        #expect(commands.count == 4)
        var statuses: [Int?] = []
        for command in commands {
            let curl = try ChildProcess("/bin/sh", ["-c", "\(command) --silent --max-time 10"])
            #expect(try curl.waitForExit(atMost: .seconds(15)) == 0)
            let head = try curl.output.waitForEnd().split(separator: "\r\n").first
            statuses.append(head.flatMap { $0.firstMatch(of: /^HTTP\/1\.1 (\d+)/) }.flatMap { Int($0.1) })
        }
        #expect(statuses == [200, 401, 401, 401])
        for reason in ["missing_auth", "secret_key", "wrong_endpoint"] {
            _ = try process.output.waitForLine("\(reason) in the log") { $0.contains(reason) ? $0 : nil }
        }
        #expect(!process.output.text.split(separator: "access log").dropFirst().joined().contains("sk_leaked"))
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
    }

    @Test("`sandbox` answers like Plunk, and an edge can stand before it")
    func sandbox() throws {
        let process = try EdgeProcess.run("sandbox", "--listen", "127.0.0.1:0")
        let port = try process.errors.waitForLine("start-up line") { line in
            line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
        }
        let scene = Scene(edge: try EdgeProcess(upstream: port), upstream: try RecordingUpstream())
        let response = try scene.exchange(.track("from-the-edge"))
        #expect(response.status == 200)
        let data = try response.json()["data"]
        #expect(data?["contact"]?.string?.count == 36 && data?["event"]?.string?.count == 36)
        let disabled = ClientRequest.track().replacing("Authorization: Bearer pk_disabled_project")
        #expect(try scene.exchange(disabled).json()["error"]?["code"] == "PROJECT_DISABLED")
        _ = try process.errors.waitForLine("recorded event") { $0.contains("from-the-edge") ? true : nil }
        try scene.expectInvariants()
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }

    @Test(
        "What is no command is said to be none, and what was meant",
        arguments: [
            (["frob"], "There are serve, check, demo, sandbox, logs, health, reload, schema and help."),
            (["log", "access.log"], "Did you mean logs?"), (["chekc", "--config", "a"], "Did you mean check?"),
            (["sand"], "Did you mean sandbox?"),
        ])
    func unknown(_ arguments: [String], _ hint: String) throws {
        let process = try ChildProcess(EdgeProcess.binary, arguments)
        #expect(try process.waitForExit() == 64)
        #expect(
            try process.errors.waitForEnd()
                == "plunk-edge: there is no command \"\(arguments.first ?? "")\". \(hint)\n")
    }

    @Test("`quickstart --help` says what it does and builds nothing")
    func quickstart() throws {
        for option in ["--help", "-h"] {
            let process = try Tool.bash.start([Repository.path("deploy/quickstart"), option])
            #expect(try process.waitForExit() == 0)
            let text = try process.output.waitForEnd()
            #expect(text.hasPrefix("quickstart [DEMO OPTIONS]") && !text.contains("==>"), "\(text)")
            #expect(text.contains("--port") && !text.contains("#"))
        }
    }

    @Test(
        "`--help` is there for every command",
        arguments: ["serve", "check", "demo", "sandbox", "logs", "health", "reload", "schema"])
    func help(command: String) throws {
        let process = try EdgeProcess.run(command, "--help")
        #expect(try process.waitForExit() == 0)
        #expect(try process.output.waitForEnd().contains("USAGE: plunk-edge \(command)"))
    }
}
