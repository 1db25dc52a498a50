import EdgeTestSupport
import Foundation
import Testing

/// HUP: another configuration for a running edge, whole or not at all.
@Suite struct ReloadTests {
    /// A change, and how it changes the answer to a request.
    struct Row: Sendable {
        let changes: JSONValue
        var request = ClientRequest.track()
        let before: Int
        let after: Int
    }

    private static let foreign = ClientRequest.track().adding("Origin: https://app.example.com")

    private static let rows = [
        Row(changes: ["keys": [["name": "other", "accepts": ["pk_other"]]]], before: 200, after: 401),
        Row(changes: ["keys": [["name": "web", "accepts": [.string(Planted.publicKey)]]]], before: 200, after: 200),
        Row(changes: ["endpoint": "/api/hello"], before: 200, after: 401),
        Row(
            changes: ["endpoint": "/api/hello"], request: .track(line: "POST /api/hello HTTP/1.1"), before: 401,
            after: 200),
        Row(changes: ["origins": ["https://app.example.com"]], request: foreign, before: 403, after: 200),
        Row(changes: ["requireOrigin": true], before: 200, after: 403),
        Row(changes: ["events": ["allow": ["order_*"]]], before: 200, after: 403),
        Row(
            changes: ["body": ["unknownFields": "reject"]],
            request: .track().body(#"{"event":"a","email":"a@example.com","more":1}"#), before: 200, after: 403),
        Row(
            changes: ["body": ["subscribed": "reject"]],
            request: .track().body(#"{"event":"a","email":"a@example.com","subscribed":true}"#), before: 200, after: 403
        ),
        Row(changes: ["limits": ["perKey": ["rate": "1/h", "burst": 1]]], before: 200, after: 429),
    ]

    @Test("The next request is judged by it, on connections that were open before, and whatever has changed")
    func judgement() throws {
        let stage = try ReloadStage(Scene.h2c)
        let (first, second) = (try stage.scene.connect(), try stage.scene.connectHTTP2())
        var stream: UInt32 = 1
        func statuses(_ request: ClientRequest) throws -> [Int] {
            try first.send(request.bytes)
            defer { stream += 2 }
            return [try first.response().status, try second.exchange(request, on: stream).status]
        }
        for row in Self.rows {
            #expect(try statuses(row.request) == [row.before, row.before], "\(row.changes)")
            try stage.reload(row.changes)
            // The one token of a limit.
            if row.after == 429 { _ = try stage.scene.exchange(row.request) }
            #expect(try statuses(row.request) == [row.after, row.after], "\(row.changes)")
            try stage.reload()
            #expect(try statuses(row.request) == [row.before, row.before], "\(row.changes)")
        }
        try stage.scene.expectInvariants()
    }

    @Test("A pipe in the place of a file is refused, and the next reload works", arguments: [true, false])
    func pipe(isConfiguration: Bool) throws {
        let stage = try ReloadStage()
        let pipe = "\(stage.edge.folder.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        if isConfiguration {
            try #require(rename(pipe, "\(stage.edge.folder.path)/config.json") == 0)
        } else {
            try stage.write(["keys": [["name": "web", "accepts": [["file": .string(pipe)]]]]])
        }
        #expect(try stage.hangUp().contains("not reloaded, generation 1 stays"))
        _ = try stage.nextLine("reason") { $0.contains("it is no regular file") }
        try stage.reload(["endpoint": "/api/hello"])
        #expect(try stage.scene.exchange(.track(line: "POST /api/hello HTTP/1.1")).status == 200)
    }

    @Test("Larger bodies and more header fields are taken on connections that were open before")
    func sizes() throws {
        let stage = try ReloadStage(Scene.h2c)
        let (first, second) = (try stage.scene.connect(), try stage.scene.connectHTTP2())
        try first.send(ClientRequest.track().bytes)
        #expect(try first.response().status == 200)
        #expect(try second.exchange(.track()).status == 200)
        try stage.reload(["body": ["maxSize": "1MiB"], "limits": ["headerSize": "64KiB", "headerCount": 90]])
        // The client may not send that much before it has been told so.
        try second.receive(until: "a wider window") { $0.settings[4] == 1024 * 1024 + 1 }
        #expect(second.settings[6] == 131_072)
        let large = String(repeating: "x", count: 400_000)
        var request = ClientRequest.track().body(#"{"event":"a","email":"a@example.com","data":{"a":"\#(large)"}}"#)
        request.fields += (0..<80).map { "X-Field-\($0): \(String(repeating: "y", count: 100))" }
        try first.send(request.adding("X-Long: \(String(repeating: "z", count: 30_000))").bytes)
        #expect(try first.response().status == 200)
        #expect(try second.exchange(request, on: 3).status == 200)
        // And back: what is too large again is said in words.
        try stage.reload()
        try first.send(request.bytes)
        #expect(try first.response().status == 431)
        #expect(try second.exchange(request, on: 5).status == 431)
        try stage.scene.expectInvariants()
    }

    @Test("A limit that stays keeps its buckets, and one that changes counts on with them")
    func buckets() throws {
        let limit: JSONValue = ["limits": ["perClient": ["rate": "1/h", "burst": 3]]]
        let stage = try ReloadStage(limit)
        func status() throws -> Int { try stage.scene.exchange(.track()).status }
        #expect(try status() == 200)
        try stage.reload(["events": ["allow": ["signup"]]])
        #expect(try [status(), status(), status()] == [200, 200, 429])
        try stage.reload(["limits": ["perClient": ["rate": "1/h", "burst": 4]]])
        #expect(try [status(), status()] == [200, 429])
    }

    @Test("A file that is wrong changes nothing, and what is wrong is said as check says it")
    func brokenFile() throws {
        let stage = try ReloadStage()
        let client = try stage.scene.connect()
        let wrong: [(file: String, said: String)] = [
            ("{", "config.json:1:2: "), (#"{"upstrem":{}}"#, "/upstrem: "), ("", "the file is empty"),
            (#"{"keys":[{"name":"a","accepts":["\#(Planted.secret)"]}]}"#, "/keys/0/accepts/0: "),
        ]
        for (file, said) in wrong {
            try stage.write(Array(file.utf8))
            #expect(try stage.hangUp().contains("configuration not reloaded, generation 1 stays: "))
            _ = try stage.nextLine(said) { $0.contains(said) }
            try client.send(ClientRequest.track().bytes)
            #expect(try client.response().status == 200)
        }
        let many = (0..<9).map { #""unknown\#($0)":1"# }.joined(separator: ",")
        try stage.write(Array("{\(many)}".utf8))
        #expect(try stage.hangUp().contains("has 11 problems"))
        _ = try stage.nextLine("how many more") { $0.contains("and 6 more") }
        try FileManager.default.removeItem(atPath: "\(stage.edge.folder.path)/config.json")
        #expect(try stage.hangUp().contains("configuration not reloaded, generation 1 stays: "))
        try stage.reload()
        try stage.scene.expectInvariants()
    }

    @Test("The access log goes on elsewhere")
    func accessLog() throws {
        let stage = try ReloadStage()
        let path = "\(stage.edge.folder.path)/access.log"
        _ = try stage.edge.record(of: try stage.scene.exchange(.track())["x-request-id"])
        try stage.write(["accessLog": ["path": "\(path)"]])
        #expect(try stage.hangUp().hasSuffix("changed accessLog.path"))
        let response = try stage.scene.exchange(.track())
        try stage.write(["accessLog": ["path": "\(stage.edge.folder.path)/none/access.log"]])
        #expect(try stage.hangUp().contains("not reloaded, generation 2 stays: "))
        #expect(try stage.edge.terminate() == 0)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1)
        #expect(try lines[0].contains(#require(response["x-request-id"])))
        #expect(try stage.edge.process.output.waitForEnd().split(separator: "\n").count == 1)
    }

    @Test("What only a restart takes over is named, as long as it is so, and the rest is taken over")
    func restart() throws {
        let stage = try ReloadStage()
        let change: JSONValue = ["admin": ["address": "unix:\(stage.edge.folder.path)/admin.sock"]]
        try stage.write(change.merging(["endpoint": "/api/hello"]))
        #expect(try stage.hangUp().hasSuffix("(generation 2): changed endpoint"))
        _ = try stage.nextLine("restart") { $0.hasSuffix("only a restart takes over admin.address") }
        #expect(try stage.scene.exchange(.track(line: "POST /api/hello HTTP/1.1")).status == 200)
        try stage.write(change)
        #expect(try stage.hangUp().hasSuffix("(generation 3): changed endpoint"))
        _ = try stage.nextLine("restart") { $0.hasSuffix("only a restart takes over admin.address") }
        try stage.write([:])
        #expect(try stage.hangUp().hasSuffix("(generation 4): no setting changed"))
    }

    @Test("While the process stops nothing is taken over any more")
    func whileStopping() throws {
        let stage = try ReloadStage()
        let gate = Gate()
        stage.upstream.perform { [ledger = stage.upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let client = try stage.scene.connect()
        try client.send(ClientRequest.track().bytes)
        try stage.upstream.waitForRequests(1)
        stage.edge.process.send(SIGTERM)
        _ = try stage.nextLine("stop") { $0.contains("stopping after what is under way") }
        // The word comes a moment before the deed: a HUP in between is still obeyed.
        var said = try stage.hangUp()
        while said.contains("configuration reloaded") { said = try stage.hangUp() }
        #expect(said.contains("stays: the process is stopping"), "\(said)")
        gate.open()
        #expect(try client.response().status == 200)
        #expect(try stage.edge.process.waitForExit() == 0)
    }

    @Test("The demo has nothing to reload, and goes on")
    func demo() throws {
        let process = try EdgeProcess.run("demo", "--port", "0")
        _ = try process.output.waitForLine("introduction") { $0.contains("as it happens") ? true : nil }
        process.send(SIGHUP)
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }
}
