import EdgeTestSupport
import Testing

/// Clients of HTTP/2 that take their time, or leave.
@Suite(
    .serialized,
    .edge(
        Scene.h2c.merging([
            "limits": ["timeouts": ["header": "300ms", "body": "400ms", "write": "400ms"]]
        ])))
struct HTTP2DeadlineTests {
    private static let track = ClientRequest.track()
    private static let open = RawFrame.headers(1, track.headerBlock, endStream: false)
    private static let shortIdle: JSONValue = [
        "limits": ["timeouts": ["idle": .string("\(600 * SanitizerCost.time)ms"), "write": "400ms"]]
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
        while client.streams[1]?.response == nil, start.duration(to: .now) < .seconds(5) {
            try client.send(.data(1, [32], endStream: false))
            try client.receive(for: .milliseconds(20))
        }
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
        while client.streams[1]?.reset == nil, start.duration(to: .now) < .seconds(8) {
            try client.send(.data(1, [32], endStream: false))
            try client.receive(for: .milliseconds(50))
        }
        #expect(client.streams[1]?.reset == HTTP2Code.none)
        #expect(try client.exchange(Self.track, on: 3).status == 200)
    }

    @Test("An answer that the client gives no window for is given up, and the connection goes on")
    func closedWindow() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2(settings: [(4, 0)])
        try client.send(Self.track.frames(on: 1))
        #expect(try client.reset(on: 1) == .cancel)
        #expect(client.streams[1]?.response?.status == 200)
        #expect(client.streams[1]?.response?.body == [])
        #expect(scene.upstream.requests.count == before + 1)
        try client.send(.settings([(4, 100_000)]))
        #expect(try client.exchange(Self.track, on: 3).status == 200)
    }

    @Test("A hundred answers without a window are given up, and so is the connection in the end")
    func closedConnectionWindow() async throws {
        try await Scene.run(Scene.h2c.merging(Self.shortIdle)) {
            let scene = try Scene.of()
            let client = try scene.connectHTTP2()
            client.opensWindow = false
            let unauthorized = Self.track.without("Authorization").unframed()
            // About 400 bytes each: more than the connection's first window in all.
            for id in stride(from: UInt32(1), to: 601, by: 2) {
                client.sendUntilRefused([.headers(id, unauthorized.headerBlock, endStream: true)])
                if id % 200 == 199 { try client.receive(for: .milliseconds(50)) }
            }
            #expect(try client.readToEnd() == HTTP2Code.none)
            let resets = client.streams.values.filter { $0.reset != nil }
            #expect(!resets.isEmpty)
            #expect(resets.allSatisfy { $0.reset == .cancel || $0.reset == .refusedStream })
            try scene.expectUnharmed()
        }
    }

    @Test("A client that takes no answers is cut off, and what was meant for it is let go")
    func slowReader() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let large = "\"" + String(repeating: "a", count: 200_000) + "\""
        scene.upstream.perform { _ in [.answer(body: large)] }
        defer { scene.upstream.answerLikePlunk() }
        // All windows are open: only the socket is full.
        let client = try HTTP2Client(port: scene.edge.port, settings: [(4, 0x7FFF_FFFF)], receiveBuffer: 4096)
        try client.send(.windowUpdate(0, 0x7000_0000))
        for id in stride(from: UInt32(1), to: 121, by: 2) { try client.send(Self.track.frames(on: id)) }
        // On a slow machine the connection is cut off before others have gone upstream.
        try scene.upstream.waitForRequests(before + 1)
        let junk = RawFrame(0xF7, [UInt8](repeating: 0, count: 16_000))
        #expect(throws: Socket.Failure.reset) { for _ in 0..<50_000 { try client.send(junk) } }
        scene.upstream.answerLikePlunk()
        try scene.expectUnharmed()
    }

    @Test("Who does not even take the word that streams are given up loses the connection, and has broken no rule")
    func unreadResets() throws {
        let upstream = try RecordingUpstream()
        let large = "\"" + String(repeating: "a", count: 200_000) + "\""
        upstream.perform { _ in [.answer(body: large)] }
        // Being idle ends nothing here.
        let edge = try EdgeProcess(
            upstream: upstream.port, Scene.h2c.merging(["limits": ["timeouts": ["write": "400ms", "idle": "10m"]]]))
        let client = try HTTP2Client(port: edge.port, settings: [(4, 0x7FFF_FFFF)], receiveBuffer: 4096)
        try client.send(.windowUpdate(0, 0x7000_0000))
        for id in stride(from: UInt32(1), to: 121, by: 2) { try client.send(Self.track.frames(on: id)) }
        try upstream.waitForRequests(1)
        let junk = RawFrame(0xF7, [UInt8](repeating: 0, count: 16_000))
        #expect(throws: Socket.Failure.reset) { for _ in 0..<50_000 { try client.send(junk) } }
        upstream.answerLikePlunk()
        let other = try HTTP2Client(port: edge.port)
        let response = try other.exchange(Self.track)
        _ = try edge.record(of: response["x-request-id"])
        #expect(!edge.process.output.text.contains("bad_request"))
    }

    @Test("Who takes no answers loses the connection, also where all requests have had theirs")
    func unreadAnswers() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(
            upstream: upstream.port, Scene.h2c.merging(["limits": ["timeouts": ["write": "400ms", "idle": "10m"]]]))
        let client = try HTTP2Client(port: edge.port, settings: [(4, 0x7FFF_FFFF)], receiveBuffer: 4096)
        try client.send(.windowUpdate(0, 0x7000_0000))
        let unauthorized = Self.track.without("Authorization").unframed().headerBlock
        #expect(throws: Socket.Failure.reset) {
            for start in stride(from: UInt32(1), to: 150_000, by: 200) {
                try client.send(
                    stride(from: start, to: start + 200, by: 2).map { .headers($0, unauthorized, endStream: true) })
            }
        }
        #expect(try HTTP2Client(port: edge.port).exchange(Self.track).status == 200)
        #expect(try edge.process.peakResidentBytes < Scene.memoryCeiling)
    }

    @Test("Requests that are refused at once keep a connection as others do")
    func busy() async throws {
        try await Scene.run(Scene.h2c.merging(Self.shortIdle)) {
            let client = try Scene.of().connectHTTP2()
            let (request, start) = (Self.track.without("Authorization"), ContinuousClock.now)
            var id: UInt32 = 1
            while start.duration(to: .now) < .milliseconds(1200) * SanitizerCost.time {
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
