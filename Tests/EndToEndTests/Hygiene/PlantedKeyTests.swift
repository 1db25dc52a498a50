import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// Keys are planted wherever a client, Plunk or the configuration can put one, and looked for wherever somebody reads.
@Suite struct PlantedKeyTests {
    /// Not `Planted.publicKey` itself, which the configuration accepts.
    private static let otherKey = "pk_PLANTED9999999999abcdef0123456789abcdef"

    /// An edge with everything that shows something: an admin listener, a log in a file, TLS, HTTP/2.
    private struct Stage {
        let upstream: RecordingUpstream
        let certificates: CertificateFolder
        let logs: LogFolder
        let edge: EdgeProcess
        let admin: AdminScene

        init() throws {
            upstream = try RecordingUpstream()
            certificates = try CertificateFolder()
            logs = try LogFolder()
            let listeners: JSONValue = [
                ["address": "127.0.0.1:0", "h2c": true],
                ["address": "127.0.0.1:0", "tls": ["certificates": [certificates.files("good")]]],
            ]
            edge = try EdgeProcess(
                upstream: upstream.port,
                [
                    "listeners": listeners, "admin": ["address": "127.0.0.1:0"],
                    "accessLog": ["path": .string(logs.log)],
                    "keys": [["name": "web", "accepts": ["${ACCEPTED}", "an-alias"], "sends": "${ACCEPTED}"]],
                ], environment: ["ACCEPTED": Planted.publicKey, "LEAKED": Planted.secret])
            admin = try AdminScene(edge, upstream)
        }

        var securePort: UInt16 {
            get throws {
                try edge.process.errors.waitForLine("TLS") {
                    $0.firstMatch(of: /https:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
                }
            }
        }

        /// Checks that an answer shows no secret. A client's own public key it may show.
        func expectClean(_ answer: [UInt8], _ request: String, _ location: SourceLocation = #_sourceLocation) {
            let text = String(decoding: answer, as: UTF8.self)
            #expect(
                !text.contains("CANARY"), "answer to \(request.debugDescription): \(text)", sourceLocation: location)
        }

        func sendAll(_ key: String) throws {
            let requests = PlantedRequests.all(key).map { $0.adding("Connection: close") }
            let texts = requests.map { String(decoding: $0.bytes, as: UTF8.self) } + PlantedRequests.raw(key)
            for text in texts {
                let client = try RawClient(port: edge.port)
                try client.send(text)
                expectClean(try client.readToEnd(), text)
            }
            // What is no HTTP/2 gets no answer.
            for request in PlantedRequests.all(key) {
                let client = try HTTP2Client(port: edge.port)
                if let answer = try? client.exchange(request) { expectClean(answer.body, request.line) }
            }
            for list in PlantedRequests.fieldLists(key) {
                let client = try HTTP2Client(port: edge.port)
                try client.send(.headers(1, HeaderBlock(list), endStream: true))
                if let answer = try? client.response(on: 1) { expectClean(answer.body, "\(list)") }
            }
            let greeting = try Tool.openssl.start(
                ["s_client", "-connect", "127.0.0.1:\(securePort)", "-servername", key],
                input: "GET /\(key) HTTP/1.1\r\n\r\n")
            _ = try greeting.waitForExit()
        }
    }

    /// Answers of an upstream with a key in them; what is no JSON is replaced, so the client must not see it.
    private static func answers(_ key: String) -> [(steps: [UpstreamStep], isPassed: Bool)] {
        let json = "Content-Type: application/json"
        let code = #"{"success":false,"error":{"code":"\#(key)","message":"\#(key)","statusCode":422}}"#
        return [
            ([.answer(200, [json, "X-Request-ID: \(key)"], body: PlunkLedger.success)], true),
            ([.answer(429, [json, "Retry-After: \(key)", "RateLimit-Limit: \(key)"], body: code)], true),
            ([.answer(422, [json], body: code)], true), ([.answer(200, [json], body: key)], false),
            ([.answer(500, ["Content-Type: text/html"], body: "<p>\(key)</p>")], false),
            ([.answer(302, ["Location: https://\(key).test/"], body: "")], false),
            ([.answer(200, [json, "\(key): \(key)"], body: PlunkLedger.success)], true),
            ([.send("\(key)\r\n\r\n"), .close], false),
            ([.send("HTTP/1.1 200 \(key)\r\n\(key)\r\n\r\n"), .close], false),
        ]
    }

    @Test("A key in a request or in Plunk's answer is in no log, figure, page, error or command line")
    func requests() throws {
        let stage = try Stage()
        let stream = try RawClient(port: stage.admin.port)
        try stream.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(stage.admin.port)\r\n\r\n")
        _ = try stream.read(until: "\r\n\r\n")
        for key in [Planted.secret, Self.otherKey] { try stage.sendAll(key) }
        #expect(try stage.admin.scene.exchange(.track("before rotation")).status == 200)
        try #require(rename(stage.logs.log, "\(stage.logs.log).1") == 0)
        stage.edge.process.send(SIGUSR1)
        try stage.logs.wait { $0.contains("access.log") }
        for key in [Planted.secret, Self.otherKey] {
            for (steps, isPassed) in Self.answers(key) {
                stage.upstream.perform { _ in steps }
                let client = try RawClient(port: stage.edge.port)
                try client.send(ClientRequest.track().adding("Connection: close").bytes)
                let answer = try client.readToEnd()
                if !isPassed { stage.expectClean(answer, "an answer of Plunk's") }
            }
        }
        stage.upstream.answerLikePlunk()
        #expect(try stage.admin.scene.exchange(.track()).status == 200)
        _ = try stage.logs.wait { _ in try stage.logs.text("access.log").contains("\"forwarded\"") }

        var seen: [(String, String)] = []
        let live = try stream.read(until: "upstream_invalid_response")
        seen.append(("/events", live))
        for path in ["/", "/metrics", "/status", "/readyz", "/livez"] {
            seen.append((path, try stage.admin.ask(path).text))
        }
        for name in try stage.logs.names { seen.append((name, try stage.logs.text(name))) }
        let views = [
            [], ["--output", "wide"], ["--output", "json"], ["--summary"], ["--reason", "secret_key", "--last", "1"],
            ["--outcome", "rejected,upstream_failed"],
        ]
        for view in views {
            let logs = try ChildProcess(
                EdgeProcess.binary, ["logs", stage.logs.log] + view, environment: ["COLUMNS": "400"])
            #expect(try logs.waitForExit() == 0)
            seen.append(("logs \(view)", try logs.output.waitForEnd() + logs.errors.waitForEnd()))
        }
        let identifiers = try stage.logs.identifiers()
        #expect(identifiers.count > 150, "the requests are in the log")
        for identifier in [identifiers.first, identifiers.last].compactMap(\.self) {
            let story = try EdgeProcess.run("logs", stage.logs.log, "--request-id", identifier)
            seen.append(("story", try story.output.waitForEnd()))
        }
        let line = try String(contentsOfFile: "/proc/\(stage.edge.process.identifier)/cmdline", encoding: .utf8)
        seen.append(("ps", line))
        for (place, text) in seen {
            #expect(!text.isEmpty, "\(place)")
            for mark in Planted.marks {
                guard let range = text.range(of: mark) else { continue }
                let around = text[..<range.lowerBound].suffix(200) + text[range.lowerBound...].prefix(100)
                Issue.record("\(place): \(around)")
            }
        }
        // Standard output and error, and what went upstream.
        try stage.admin.scene.expectInvariants()
    }

    /// Those that read a configuration.
    private static let commands = [["check"], ["check", "--json"], ["serve"], ["reload"], ["health"]]

    /// The same key wherever a configuration has room for a text, so that one run says all that is wrong with it.
    private static func configuration(_ key: String) -> JSONValue {
        let text = JSONValue.string(key)
        let certificate: JSONValue = ["certificate": text, "privateKey": text]
        let tls: JSONValue = ["certificates": [certificate], "names": [text]]
        let listener: JSONValue = .object(["address": text, "tls": tls, key: text])
        let upstream: JSONValue = .object([
            "url": .string("https://\(key):\(key)@\(key).test/\(key)"), "proxy": .string("http://\(key)@proxy.test"),
            "caFile": text, "timeouts": .object(["connect": text]), "retry": text, key: text,
        ])
        let shown: [String] = [key, "${LEAKED}", "${\(key)}", "\(key) and more"]
        let entry: JSONValue = .object([
            "name": text, "accepts": .array(shown.map(JSONValue.string)), "sends": text,
        ])
        let other: JSONValue = .object([
            "name": text, "accepts": text, "sends": .object(["file": .string("/\(key)")]), "whenMissing": text,
        ])
        return .object([
            "listeners": .array([listener]), "upstream": upstream, "keys": .array([entry, other]), key: text,
            "origins": .array([text, .string("https://\(key)")]), "endpoint": text,
            "events": .object(["allow": .array([text])]), "body": .object(["maxSize": text, "unknownFields": text]),
            "trustedProxies": .array([text]), "limits": .object(["perClient": .object(["rate": text])]),
            "clientAddress": .object(["log": text]), "admin": .object(["address": text]),
            "accessLog": .object(["path": .string("/\(key)/\(key)"), "maxSize": text]),
            "shutdown": .object(["drain": text]),
        ])
    }

    @Test("A key in a configuration that is wrong is not in what is said of it", arguments: [Planted.secret, otherKey])
    func configuration(key: String) throws {
        let folder = try TemporaryFolder()
        let whole = try Self.configuration(key).encoded()
        let texts: [[UInt8]] = [
            whole, Array(whole.dropLast(40)), Array("{\"listeners\": \(key)}".utf8), Array("{\"a\": \"\(key)".utf8),
            Array("\(key)".utf8), Array("{\"\(key)\":1,\"\(key)\":2}".utf8),
        ]
        for (index, text) in texts.enumerated() {
            let file = try folder.write("\(index).json", text)
            for command in index == 0 ? Self.commands : [["check", "--json"]] {
                let process = try ChildProcess(
                    EdgeProcess.binary, command + ["--config", file], environment: ["LEAKED": key])
                #expect(try process.waitForExit() == 78)
                let said = try process.output.waitForEnd() + process.errors.waitForEnd()
                #expect(said.count > 40)
                for mark in Planted.marks where said.contains(mark) {
                    let line = said.split(separator: "\n").first { $0.contains(mark) } ?? ""
                    Issue.record("\(command), text \(index): \(line.prefix(300))")
                }
            }
        }
    }

    @Test(
        "A key in a configuration that is not taken over is not in what is said of it",
        arguments: [Planted.secret, otherKey])
    func reload(key: String) throws {
        let stage = try ReloadStage(["admin": ["address": "127.0.0.1:0"]])
        let admin = try AdminScene(stage.edge, stage.upstream)
        try stage.write(Self.configuration(key).encoded())
        #expect(try stage.hangUp().contains("not reloaded"))
        // Which looks for the marks.
        let status = try admin.ask("/status").text
        #expect(status.contains("problems"))
        for mark in Planted.marks { #expect(!status.contains(mark), "\(status)") }
        try stage.scene.expectInvariants()
    }
}
