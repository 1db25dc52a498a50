import EdgeTestSupport
import Testing

/// Clients of HTTP/2 that do not take what they are answered.
@Suite(.serialized, .edge(Scene.h2c.merging(["limits": ["timeouts": ["write": "400ms"]]])))
struct HTTP2UntakenAnswerTests {
    private static let track = ClientRequest.track()

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
        try await Scene.run(Scene.h2c.merging(HTTP2DeadlineTests.shortIdle)) {
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
}
