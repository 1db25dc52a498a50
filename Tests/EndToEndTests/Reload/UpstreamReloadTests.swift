import EdgeTestSupport
import Glibc
import Testing

/// HUP while requests are under way, and another upstream: what has begun ends as it began.
@Suite struct UpstreamReloadTests {
    @Test("A request that has begun is judged by the configuration, and sent to the upstream, that it began with")
    func straddling() throws {
        let stage = try ReloadStage(Scene.h2c)
        let other = try RecordingUpstream()
        let request = ClientRequest.track().adding("Expect: 100-continue")
        let frames = request.frames(on: 1)
        let (first, second) = (try stage.scene.connect(), try stage.scene.connectHTTP2())
        try first.send(Array(request.bytes.dropLast(request.body.count)))
        #expect(try first.response().status == 100, "the head has been judged")
        try second.send([frames[0]])
        try second.receive(until: "100") { $0.streams[1]?.interim == [100] }
        try stage.reload([
            "endpoint": "/api/hello", "upstream": ["url": "http://127.0.0.1:\(other.port)/moved"],
            "events": ["allow": ["nothing"]],
        ])
        try first.send(request.body)
        #expect(try first.response().status == 200)
        try second.send([frames[1]])
        #expect(try second.response(on: 1).status == 200)
        #expect(stage.upstream.requests.count == 2)
        #expect(other.requests.isEmpty)
        try first.send(request.bytes)
        #expect(try first.response().status == 401)
    }

    @Test("The upstream moves: what is with the old one ends there, the next goes to the new one")
    func upstreamMoves() throws {
        let stage = try ReloadStage()
        let (other, gate) = (try RecordingUpstream(), Gate())
        stage.upstream.perform { [ledger = stage.upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let (busy, next) = (try stage.scene.connect(), try stage.scene.connect())
        try busy.send(ClientRequest.track("busy").bytes)
        try stage.upstream.waitForRequests(1)
        try stage.reload(["upstream": ["url": "http://127.0.0.1:\(other.port)/moved"]])
        try next.send(ClientRequest.track("next").bytes)
        #expect(try next.response().status == 200)
        #expect(other.requests.map(\.requestLine) == ["POST /moved/v1/track HTTP/1.1"])
        gate.open()
        #expect(try busy.response().status == 200)
        #expect(stage.upstream.requests.count == 1)
        try stage.scene.expectInvariants()
    }

    @Test("What one upstream has had enough of, another may still be asked for")
    func pauseOfAnother() throws {
        let stage = try ReloadStage()
        let other = try RecordingUpstream()
        stage.upstream.perform { _ in
            [.answer(429, ["Content-Type: application/json", "Retry-After: 60"], body: "{}")]
        }
        #expect(try [stage.scene.exchange(.track()), stage.scene.exchange(.track())].map(\.status) == [429, 429])
        #expect(stage.upstream.requests.count == 1, "the second waits for the pause to end")
        try stage.reload(["upstream": ["url": "http://127.0.0.1:\(other.port)"]])
        #expect(try stage.scene.exchange(.track()).status == 200)
    }

    @Test("Another upstream that is not taken after all goes away quietly")
    func upstreamRefused() throws {
        let stage = try ReloadStage()
        let client = try stage.scene.connect()
        let pipe = "\(stage.edge.folder.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        for port in 1...3 {
            // All of it is ready, and then the log is a pipe that nobody reads.
            try stage.write([
                "upstream": ["url": "http://127.0.0.1:\(port)"], "accessLog": ["path": "\(pipe)"],
            ])
            #expect(try stage.hangUp().contains("not reloaded, generation 1 stays: "))
            try client.send(ClientRequest.track().bytes)
            #expect(try client.response().status == 200)
        }
        try stage.scene.expectInvariants()
    }

    @Test("An upstream that stays keeps its connections")
    func upstreamStays() throws {
        let stage = try ReloadStage()
        let client = try stage.scene.connect()
        for event in ["first", "second"] {
            try client.send(ClientRequest.track(event).bytes)
            #expect(try client.response().status == 200)
            try stage.reload(["keys": [["name": .string(event), "accepts": [.string(Planted.publicKey)]]]])
        }
        #expect(stage.upstream.connectionCount == 1)
    }

    @Test("A drain that ends cuts off what is with the old upstream too, and says so in the log")
    func drainOfRetired() throws {
        let stage = try ReloadStage(["shutdown": ["drain": "300ms"]])
        let other = try RecordingUpstream()
        stage.upstream.perform { _ in [.stall] }
        let client = try stage.scene.connect()
        try client.send(ClientRequest.track().bytes)
        try stage.upstream.waitForRequests(1)
        try stage.reload(["upstream": ["url": "http://127.0.0.1:\(other.port)"]])
        #expect(try stage.edge.terminate(atMost: .seconds(5)) == 0)
        let response = try client.response()
        #expect(response.status == 502)
        #expect(try stage.edge.record(of: response["x-request-id"])["reason"] == "upstream_closed")
    }
}
