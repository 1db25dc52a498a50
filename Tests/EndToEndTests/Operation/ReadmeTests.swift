import EdgeCore
import EdgeTestSupport
import Foundation
import Testing

/// What the README shows is what there is: its configuration, its commands, its outputs and its tables.
@Suite(.serialized) struct ReadmeTests {
    @Test("The configuration shown is config.example.json")
    func configuration() throws {
        #expect(try Readme().blocks("json").first == Repository.file("config.example.json"))
    }

    @Test("Every key of the configuration's table is in the schema")
    func keys() throws {
        let process = try EdgeProcess.run("schema")
        let schema = try JSONValue(parsing: Array(process.output.waitForEnd().utf8))
        let rows = try Readme().column("key")
        #expect(rows.count > 10)
        for names in rows {
            var path: [Substring] = []
            for name in names {
                // `.sends` stands beside what was named before it.
                path = name.hasPrefix(".") ? path.dropLast() + [name.dropFirst()] : name.split(separator: ".")
                var place: JSONValue? = schema
                for component in path {
                    let isList = component.hasSuffix("[]")
                    let property = place?["properties"]?[isList ? String(component.dropLast(2)) : String(component)]
                    place = isList ? property?["items"] : property
                }
                #expect(place != nil, "\(path.joined(separator: "."))")
            }
        }
    }

    @Test("Every reason and every outcome is explained, and no other")
    func words() throws {
        let readme = try Readme()
        #expect(Set(readme.column("`reason`").joined()) == Set(Reason.allCases.map(\.rawValue)))
        #expect(Set(readme.column("`outcome`").joined()) == Set(Outcome.allCases.map(\.rawValue)))
    }

    @Test("The story of each reason names the checks in which the table has it")
    func checks() throws {
        var checks: [String: [Int]] = [:]
        for row in try Readme().rows(with: "`reason`") {
            guard let number = Int(row.first) else { continue }
            for reason in Readme.words(in: row.cell) { checks[reason, default: []].append(number) }
        }
        for reason in Reason.allCases {
            #expect(reason.story.checks == checks[reason.rawValue] ?? [], "\(reason.rawValue)")
        }
        #expect(Set(checks.values.joined()) == Set(1...14))
    }

    @Test("The manual page names every command")
    func manual() throws {
        let process = try EdgeProcess.run("--help")
        let help = try process.output.waitForEnd()
        let list = try #require(help.split(separator: "SUBCOMMANDS:").last)
        let commands = list.matches(of: /(?m)^  ([a-z]+)/).map(\.1)
        let manual = try Repository.file("deploy/debian/plunk-edge.1")
        let named = manual.matches(of: /(?m)^\.TP\n\.BI? ([a-z]+)/).map(\.1)
        #expect(named.sorted() == commands.sorted())
        #expect(commands.count > 6)
    }

    @Test("The commands shown end with 0 and say nothing is wrong")
    func commands() throws {
        let readme = try Readme()
        let folder = try TemporaryFolder()
        let configuration = try #require(readme.blocks("json").first).replacing(/127\.0\.0\.1:\d+/, with: "127.0.0.1:0")
        _ = try folder.write("config.json", Array(configuration.utf8))
        _ = try folder.write("access.log", Array(record(readme).utf8))
        let lines = readme.blocks("sh").joined().split(separator: "\n").filter { $0.hasPrefix("plunk-edge ") }
        #expect(lines.count == 7)
        for line in lines {
            let command = "cd \(folder.path) && exec '\(EdgeProcess.binary)'\(line.dropFirst(10))"
            let process = try ChildProcess("/bin/sh", ["-c", command])
            if line.contains(" serve ") {
                let isListening = { (line: Substring) in line.contains("listening on") ? true : nil }
                _ = try process.errors.waitForLine("start-up line", where: isListening)
                process.send(SIGINT)
            }
            #expect(try process.waitForExit() == 0, "\(line)")
            let text = try process.output.waitForEnd() + process.errors.waitForEnd()
            #expect(!text.contains("error") && !text.contains("warning") && !text.contains("broken"), "\(text)")
        }
    }

    @Test("The access log's record is one that `logs` reads, with every field in its place")
    func accessLog() throws {
        let record = try record(Readme())
        let json = try EdgeProcess.run("logs", "--output", "json", input: Array(record.utf8))
        #expect(try json.output.waitForEnd() == record)
        let table = try EdgeProcess.run("logs", input: Array(record.utf8))
        let text = try table.output.waitForEnd()
        for part in ["14:42:33.897", "200", "forwarded", "POST /v1/track", "web", "127.0.0.1", "5.78ms"] {
            #expect(text.contains(part), "\(text)")
        }
        // A real edge writes the same members in the same order.
        let upstream = try RecordingUpstream()
        let fields = ["Content-Type: application/json", "X-Request-ID: 01a208db-d329-74a2-8544-040587ba0df3"]
        upstream.perform { _ in [.answer(200, fields, body: PlunkLedger.success)] }
        let changes: JSONValue = [
            "keys": [["name": "web", "accepts": ["\(Planted.publicKey)"]]], "origins": ["https://app.example.com"],
        ]
        let edge = try EdgeProcess(upstream: upstream.port, changes)
        let request = ClientRequest.track().adding("Origin: https://app.example.com", "User-Agent: Mozilla/5.0")
        _ = try Scene(edge: edge, upstream: upstream).exchange(request)
        #expect(try edge.terminate() == 0)
        let written = try edge.process.output.waitForEnd()
        #expect(members(of: written) == members(of: record))
    }

    @Test("The story of the access log's record is told as shown")
    func story() throws {
        let readme = try Readme()
        let shown = try #require(readme.blocks("text").first { $0.hasPrefix("Request ") }).replacing("...\n", with: "")
        #expect(shown.split(separator: "\n").count > 5)
        let identifier = "01a208db-d329-74a2-8544-040587ba0df3"
        let process = try EdgeProcess.run(
            "logs", "--request-id", identifier, input: Array(record(readme).utf8), environment: ["COLUMNS": "80"])
        #expect(try process.waitForExit() == 0)
        #expect(try process.output.waitForEnd().hasPrefix(shown))
    }

    @Test("The error shown is what a secret key gets")
    func error() throws {
        let shown = try #require(try Readme().brokenLine(startingWith: #"{"success":false"#))
        let upstream = try RecordingUpstream()
        let scene = Scene(edge: try EdgeProcess(upstream: upstream.port), upstream: upstream)
        let request = ClientRequest.track().replacing("Authorization: Bearer \(Planted.secret)")
        #expect(try masked(scene.exchange(request).text) == masked(shown))
    }

    @Test("The demo begins as shown")
    func demo() throws {
        let shown = try #require(try Readme().blocks("text").first)
        let process = try EdgeProcess.run("demo", "--port", "0")
        _ = try process.output.waitForLine("end of the introduction") { $0.contains("access log") ? true : nil }
        let output = process.output.text.replacing(/127\.0\.0\.1:\d+/, with: "127.0.0.1:8080")
        let lines = shown.split(separator: "\n").prefix { !$0.hasPrefix("TIME") }.filter { $0 != "..." }
        #expect(lines.count == 7)
        for line in lines { #expect(output.contains("\(line)\n"), "\(line)") }
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
    }

    @Test("The TLS listener shown is one that `check` lets pass")
    func tlsListener() throws {
        let listener = try #require(Readme().blocks("json").first { $0.contains("certificates") })
        let certificates = try CertificateFolder()
        try certificates.make("fullchain", names: ["app.example.com"], days: 90)
        try FileManager.default.copyItem(
            atPath: "\(certificates.path)/fullchain.key", toPath: "\(certificates.path)/privkey.pem")
        let configuration = #"{"listeners":[\#(listener)],"upstream":{"url":"https://next-api.useplunk.com"}}"#
        let path = "\(certificates.path)/config.json"
        try configuration.write(toFile: path, atomically: true, encoding: .utf8)
        let process = try EdgeProcess.run("check", "--config", path)
        #expect(try process.waitForExit() == 0, "\(process.output.text)")
    }

    @Test("`check` says what is shown of the TLS configuration with the mistakes that are told")
    func tlsMistakes() throws {
        let page = try Readme("deploy/tls.md")
        let shown = try #require(page.blocks("text").first { $0.hasPrefix("config.json:") })
        #expect(shown.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let certificates = try CertificateFolder()
        try certificates.make("fullchain", names: ["example.com", "www.example.com"], days: 90)
        try FileManager.default.copyItem(
            atPath: "\(certificates.path)/other.key", toPath: "\(certificates.path)/privkey.pem")
        let written = "/etc/letsencrypt/live/app.example.com"
        let configuration = try #require(page.blocks("json").first { $0.contains(written) })
        let folder = try TemporaryFolder()
        _ = try folder.write("config.json", Array(configuration.replacing(written, with: certificates.path).utf8))
        let command = "cd \(folder.path) && exec '\(EdgeProcess.binary)' check --config config.json"
        let process = try ChildProcess(
            "/bin/sh", ["-c", command], environment: ["SSL_CERT_FILE": "\(certificates.path)/authority.pem"])
        #expect(try process.waitForExit() == 78)
        // Lines break where the folder's name makes them.
        let said = try process.output.waitForEnd().replacing(certificates.path, with: written)
        #expect(said.replacing(/\s+/, with: " ") == shown.replacing(/\s+/, with: " "))
    }

    @Test(
        "Every type, file and folder that the pages on the house and on threats name is there",
        arguments: ["Sources/README.md", "Sources/THREATS.md"])
    func house(page: String) throws {
        let words = try Set(Readme(page).words)
        let files = try ["Sources", "Tests", "deploy"].flatMap(Repository.files)
        let code = try Set(
            files.filter { $0.hasSuffix(".swift") }.flatMap { file in
                try Repository.file(file).split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
            })
        let places = Set(files.flatMap { $0.split(separator: "/").map(String.init) })
        for word in words.filter({ $0.wholeMatch(of: /[A-Za-z0-9.\/-]+/) != nil }) {
            let isPlace = word.split(separator: "/").allSatisfy { $0 == "." || places.contains(String($0)) }
            #expect(isPlace || word.split(separator: ".").allSatisfy { code.contains(String($0)) }, "\(word)")
        }
        #expect(words.count > 40)
    }

    private func record(_ readme: Readme) throws -> String {
        try #require(readme.brokenLine(startingWith: #"{"v":1"#)) + "\n"
    }

    private func members(of line: String) -> [Substring] { line.matches(of: /"(\w+)":/).map(\.1) }

    private func masked(_ text: String) -> String {
        text.replacing(/"requestId":"[^"]*"/, with: "").replacing(/"timestamp":"[^"]*"/, with: "")
    }
}
