import EdgeTestSupport
import Testing

/// All places are taken: who makes room for whom, and what is said of it.
@Suite struct CrowdedTests {
    /// Longer than a client may keep a place that somebody else wants.
    private static let long: Duration = .seconds(6) * SanitizerCost.time
    private static let patient: JSONValue = ["limits": ["connections": 1, "timeouts": ["header": "3m", "idle": "3m"]]]

    /// An edge with one place, which somebody has.
    private func stage(_ changes: JSONValue = [:]) throws -> AdminScene {
        let upstream = try RecordingUpstream()
        return try AdminScene(upstream, Self.patient.merging(changes))
    }

    /// Sends until there is a place: the event loop that a client comes to makes room, or has the others do so.
    private func expectRoom(_ scene: Scene, from source: UInt8 = 1) throws {
        let end = ContinuousClock.now + .seconds(20) * SanitizerCost.time
        while try scene.exchange(.track(), from: source).status != 200 {
            guard .now < end else { throw Overdue("room") }
        }
    }

    @Test("One who has done nothing for long makes room, but not for a client who has his share")
    func room() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(
            upstream: upstream.port,
            Self.patient.merging([
                "limits": ["connections": 2, "connectionsPerClient": 2], "trustedProxies": [],
            ]))
        let scene = Scene(edge: edge, upstream: upstream)
        let silent = try (0..<2).map { _ in
            let client = try scene.connect()
            try client.send(ClientRequest.track().bytes)
            #expect(try client.response().status == 200)
            return client
        }
        #expect(try scene.exchange(.track(), from: 2).status == 503, "they have only just come")
        // A connection on which nothing happens is a clock.
        #expect(try silent[0].staysOpen(for: Self.long))
        // Whichever event loop they come to.
        for _ in 0..<4 { #expect(try scene.exchange(.track()).status == 503) }
        #expect(try silent.allSatisfy { try $0.staysOpen(for: .zero) })
        try expectRoom(scene, from: 2)
        // Which of them, and whether both, depends on the event loops that had the places.
        #expect(try silent.count { try $0.staysOpen(for: .zero) } < 2)
    }

    @Test("A head that does not come to its end makes room, and is told so")
    func head() throws {
        let admin = try stage()
        let client = try admin.scene.connect()
        try client.send(ClientRequest.track().bytes + Array("POST /v1/track HTTP/1.1\r\nHost: ".utf8))
        #expect(try client.response().status == 200)
        #expect(try client.staysOpen(for: Self.long))
        // Where there are several event loops it comes to another one.
        _ = try admin.scene.exchange(.track())
        let response = try client.response()
        try admin.scene.expect(
            Refusal(status: 503, code: "EXTERNAL_SERVICE_ERROR", reason: "overloaded", outcome: "overloaded"), response)
        #expect(try client.readToEnd() == [])
        let record = try admin.scene.edge.record(of: response["x-request-id"])
        #expect(record["duration_ms"]?.number ?? 0 >= 5000, "it began with its first byte")
        try expectRoom(admin.scene)
        #expect(try admin.metrics()["plunk_edge_connections_displaced_total"] == 1)
    }

    @Test("One who has sent nothing since its answer goes without a word, and is counted")
    func silence() throws {
        let admin = try stage()
        let client = try admin.scene.connect()
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().status == 200)
        #expect(try client.staysOpen(for: Self.long))
        #expect(try admin.metrics()["plunk_edge_connections_displaced_total"] == 0)
        _ = try admin.scene.exchange(.track())
        #expect(try client.readToEnd() == [])
        try expectRoom(admin.scene)
        #expect(try admin.metrics()["plunk_edge_connections_displaced_total"] == 1)
    }

    @Test("A preface of HTTP/2 that does not come to its end makes room at once")
    func preface() throws {
        let admin = try stage(Scene.h2c)
        let client = try admin.scene.connect()
        try client.send("PRI * HT")
        #expect(try client.staysOpen(for: Self.long))
        _ = try admin.scene.exchange(.track())
        #expect(try client.readToEnd() == [])
        try expectRoom(admin.scene)
        #expect(try admin.metrics()["plunk_edge_connections_displaced_total"] == 1)
    }

    @Test("HTTP/2 on which nothing happens makes room at once, and says so")
    func quietHTTP2() throws {
        let admin = try stage(Scene.h2c)
        let client = try admin.scene.connectHTTP2()
        #expect(try client.exchange(.track()).status == 200)
        try client.receive(for: Self.long)
        _ = try admin.scene.exchange(.track())
        #expect(try client.readToEnd() == HTTP2Code.none)
        try expectRoom(admin.scene)
        #expect(try admin.metrics()["plunk_edge_connections_displaced_total"] == 1)
    }

    @Test("HTTP/2 whose answers are not taken makes room, but not while it asks, or a request is with Plunk")
    func untakenAnswers() throws {
        // Plunk may take as long as the test does.
        let timeouts: JSONValue = [
            "limits": ["timeouts": ["write": "5m"]], "upstream": ["timeouts": ["firstByte": "5m", "total": "5m"]],
        ]
        let admin = try stage(Scene.h2c.merging(timeouts))
        let (scene, gate) = (admin.scene, Gate())
        let client = try scene.connectHTTP2(settings: [(4, 0)])
        let unauthorized = ClientRequest.track().without("Authorization")
        try client.send(unauthorized.frames(on: 1))
        try client.receive(until: "a head") { $0.streams[1]?.response != nil }
        scene.upstream.perform { _ in [.wait(gate), .answer(body: "{}")] }
        try client.send(ClientRequest.track().frames(on: 3))
        try scene.upstream.waitForRequests(1)
        try client.receive(for: Self.long)
        // Whichever event loop they come to.
        for _ in 0..<4 { #expect(try scene.exchange(.track()).status == 503) }
        scene.upstream.answerLikePlunk()
        gate.open()
        try client.receive(until: "a head") { $0.streams[3]?.response != nil }
        try client.send(unauthorized.frames(on: 5))
        try client.receive(until: "a head") { $0.streams[5]?.response != nil }
        for _ in 0..<4 {
            #expect(try scene.exchange(.track()).status == 503)
            try client.receive(for: .milliseconds(100))
        }
        #expect(client.goAways.isEmpty)
        try client.receive(for: Self.long)
        _ = try scene.exchange(.track())
        #expect(try client.readToEnd() == HTTP2Code.none)
        try expectRoom(scene)
        #expect(try admin.metrics()["plunk_edge_connections_displaced_total"] == 1)
    }

    @Test("A handshake that does not come to its end makes room, and counts as one of too many")
    func handshake() throws {
        let stage = try SecureStage(changes: Self.patient.merging(["admin": ["address": "127.0.0.1:0"]]))
        let admin = try AdminScene(stage.edge, stage.upstream)
        let client = try stage.scene.connect()
        try client.send([22])
        #expect(try client.staysOpen(for: Self.long))
        _ = try stage.scene.connect()
        #expect(try client.readToEnd() == [])
        try stage.expectService()
        let metrics = try admin.metrics()
        #expect(metrics["plunk_edge_connections_displaced_total"] == 1)
        #expect(metrics[#"plunk_edge_tls_handshake_failures_total{cause="overloaded"}"#] == 1)
    }
}
