import EdgeTestSupport
import Testing

/// Clients of HTTP/2 that take their time, or leave. A busy machine can keep a test waiting for half a second, which must
/// not be too long.
@Suite(
    .serialized,
    .edge(
        Scene.h2c.merging([
            "limits": [
                "timeouts": [
                    "header": .string("\(1200 * SanitizerCost.time)ms"),
                    "body": .string("\(1200 * SanitizerCost.time)ms"),
                ]
            ]
        ])))
struct HTTP2DeadlineTests {
    private static let track = ClientRequest.track()
    private static let open = RawFrame.headers(1, track.headerBlock, endStream: false)
    static let shortIdle: JSONValue = [
        "limits": ["timeouts": ["idle": .string("\(1500 * SanitizerCost.time)ms"), "write": "400ms"]]
    ]
    private static let bodyTimeout = Refusal(status: 408, code: "BAD_REQUEST", reason: "body_timeout")

    @Test("A body that stalls is a 408 on its stream, while others go on")
    func stalledBody() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        try client.send(Self.open, .data(1, Array(Self.track.body[..<5]), endStream: false))
        var id: UInt32 = 3
        while client.streams[1]?.response == nil {
            let before = scene.upstream.requests.count
            try scene.expectForwarded(try client.exchange(Self.track, on: id), since: before)
            id += 2
        }
        try scene.expect(Self.bodyTimeout, try client.response(on: 1))
        #expect(try client.exchange(Self.track, on: id).status == 200)
    }

    @Test("A body that drips in is a 408 when the total is over")
    func slowBody() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let start = ContinuousClock.now
        try client.send(.headers(1, Self.track.unframed().headerBlock, endStream: false))
        while client.streams[1]?.response == nil, start.duration(to: .now) < .seconds(20) * SanitizerCost.time {
            try client.send(.data(1, [32], endStream: false))
            try client.receive(for: .milliseconds(20))
        }
        #expect(client.streams[1]?.response != nil, "though it goes on")
        try scene.expect(Self.bodyTimeout, try client.response(on: 1))
    }

    @Test("An unwanted body that drips in ends with its stream when the total is over, and the connection goes on")
    func drippingUnwantedBody() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let start = ContinuousClock.now
        let unauthorized = Self.track.without("Authorization").unframed()
        try client.send(.headers(1, unauthorized.headerBlock, endStream: false))
        #expect(try client.response(on: 1).status == 401)
        while client.streams[1]?.reset == nil, start.duration(to: .now) < .seconds(8) * SanitizerCost.time {
            try client.send(.data(1, [32], endStream: false))
            try client.receive(for: .milliseconds(50))
        }
        #expect(client.streams[1]?.reset == HTTP2Code.none)
        #expect(try client.exchange(Self.track, on: 3).status == 200)
    }

    @Test("Requests that are refused at once keep a connection as others do")
    func busy() async throws {
        try await Scene.run(Scene.h2c.merging(Self.shortIdle)) {
            let client = try Scene.of().connectHTTP2()
            let (request, start) = (Self.track.without("Authorization"), ContinuousClock.now)
            var id: UInt32 = 1
            while start.duration(to: .now) < .milliseconds(3000) * SanitizerCost.time {
                #expect(try client.exchange(request, on: id).status == 401)
                try client.receive(for: .milliseconds(100))
                id += 2
            }
            #expect(client.goAways.isEmpty)
        }
    }

    @Test("How long nothing is asked counts from the last answer, however long Plunk took for it")
    func idleSinceAnswer() async throws {
        // Plunk may take ten seconds.
        let idle = SanitizerCost.time
        try await Scene.run(Scene.h2c.merging(["limits": ["timeouts": ["idle": .string("\(idle)s")]]])) {
            let scene = try Scene.of()
            let (client, gate) = try scene.connectHTTP2(withUnanswered: Self.track)
            try client.receive(for: .seconds(idle) * 1.5)
            scene.upstream.answerLikePlunk()
            gate.open()
            #expect(try client.response(on: 1).status == 200)
            #expect(try client.exchange(Self.track, on: 3).status == 200)
            #expect(client.goAways.isEmpty)
        }
    }

    @Test("A connection on which nothing is asked ends")
    func idle() async throws {
        try await Scene.run(Scene.h2c.merging(Self.shortIdle)) {
            let scene = try Scene.of()
            let client = try scene.connectHTTP2()
            #expect(try client.readToEnd() == HTTP2Code.none)
            // PING is no request.
            let lively = try scene.connectHTTP2()
            let second = ContinuousClock.now
            while !lively.hasEnded, second.duration(to: .now) < .seconds(8) * SanitizerCost.time {
                lively.sendUntilRefused([.ping])
                try lively.receive(for: .milliseconds(50))
            }
            #expect(lively.goAways.last?.code == HTTP2Code.none)
        }
    }

    /// Begins of a head and of another frame, and how they go on for ever.
    private static let slowFrames: [(name: String, start: [UInt8], rest: [UInt8])] = [
        (
            "a head", RawFrame.headers(3, track.headerBlock, endStream: true, endHeaders: false).bytes,
            Array(RawFrame.continuation(3, Array(repeating: 0, count: 9000), endHeaders: true).bytes)
        ),
        ("SETTINGS", [], RawFrame(RawFrame.Kind.settings, Array(repeating: 0, count: 6000)).bytes),
    ]

    @Test(
        "A head or another frame that drips in ends the connection when its time is over, whatever else is under way",
        arguments: slowFrames.indices, [false, true])
    func slowFrame(row: Int, hasOpenStream: Bool) throws {
        let scene = try Scene.of()
        let (start, slow) = (scene.logLength, Self.slowFrames[row])
        let client = try scene.connectHTTP2()
        // Whatever the client has to say by itself is said.
        try client.send(.ping)
        try client.receive(until: "PING") { $0.pingsAnswered == 1 }
        if hasOpenStream { try client.send(Self.open) }
        try client.send(bytes: slow.start)
        for byte in slow.rest where !client.hasEnded {
            guard (try? client.send(bytes: [byte])) != nil else { break }
            try client.receive(for: .milliseconds(20))
        }
        #expect(try client.readToEnd() == HTTP2Code.none, "\(slow.name)")
        if hasOpenStream { #expect(client.streams[1]?.response?.status == 408) }
        let record = try scene.record(after: start, "header_timeout") { $0["reason"] == "header_timeout" }
        #expect(record["protocol"] == "HTTP/2")
        try scene.expectUnharmed()
    }

    @Test("A preface that does not come is a head that does not come")
    func slowPreface() throws {
        let client = try Scene.of().connect()
        try client.send(Array(HTTP2Client.preface[..<10]))
        try Scene.of().expect(
            Refusal(status: 408, code: "BAD_REQUEST", reason: "header_timeout"), try client.response())
        #expect(try client.readToEnd() == [])
    }

    @Test("A body that nobody wants is waited for, then the stream is reset without blame")
    func unwantedBody() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        try client.send(.headers(1, Self.track.without("Authorization").headerBlock, endStream: false))
        try scene.expect(.missingAuth, try client.response(on: 1))
        try client.receive(until: "RST_STREAM") { $0.streams[1]?.reset != nil }
        #expect(client.streams[1]?.reset == HTTP2Code.none)
    }

    @Test("A client that vanishes inside a body is in the log", arguments: [true, false])
    func vanishes(byReset: Bool) async throws {
        try await Scene.run(Scene.h2c) {
            let scene = try Scene.of()
            let (before, start) = (scene.upstream.requests.count, scene.logLength)
            let client = try scene.connectHTTP2()
            try client.send(Self.open, .data(1, Array(Self.track.body[..<9]), endStream: false), .ping)
            try client.receive(until: "PING") { $0.pingsAnswered == 1 }
            if byReset { client.vanish() } else { client.halfClose() }
            let record = try scene.record(after: start, "client_gone") { $0["outcome"] == "client_gone" }
            #expect(record["protocol"] == "HTTP/2")
            #expect(record["path"] == "/v1/track")
            #expect(record["reason"] == "client_gone")
            #expect(record["bytes_in"]?.number ?? 0 > 9)
            #expect(scene.upstream.requests.count == before)
            try scene.expectUnharmed()
        }
    }

    @Test("A client that resets a stream while Plunk has its request is in the log with what Plunk said")
    func resetMidFlight() throws {
        let scene = try Scene.of()
        let start = scene.logLength
        let began = ContinuousClock.now
        let (client, gate) = try scene.connectHTTP2(withUnanswered: Self.track)
        defer { scene.upstream.answerLikePlunk() }
        try client.send(.reset(1), .ping)
        try client.receive(until: "PING") { $0.pingsAnswered == 1 }
        let stayed = ContinuousClock.now - began
        // Plunk takes at least twice as long.
        while ContinuousClock.now - began < stayed * 2 {
            _ = try scene.exchange(.track().without("Authorization"))
        }
        gate.open()
        let record = try scene.record(after: start, "client_gone") { $0["outcome"] == "client_gone" }
        #expect(record["upstream"]?["status"] == 200)
        let duration = try #require(record["duration_ms"]?.number)
        #expect(duration <= stayed / .milliseconds(1), "how long the client waited, not how long Plunk took")
        #expect(try client.exchange(Self.track, on: 3).status == 200)
        #expect(client.streams[1] == nil, "nothing was said on a stream that is over")
    }
}
