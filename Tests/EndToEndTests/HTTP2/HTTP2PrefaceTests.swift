import EdgeTestSupport
import Testing

/// What a client speaks is found out by its first bytes, where the listener lets it choose.
@Suite(.serialized, .edge(Scene.h2c)) struct HTTP2PrefaceTests {
    @Test("The preface may come byte by byte")
    func drip() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try HTTP2Client(port: scene.edge.port, isStarted: false)
        let bytes = HTTP2Client.preface + (([.settings()] + ClientRequest.track().frames(on: 1)).flatMap(\.bytes))
        for byte in bytes { try client.send(bytes: [byte]) }
        try scene.expectForwarded(try client.response(on: 1), since: before)
    }

    @Test("HTTP/1.1 is spoken there, too, however its first bytes come")
    func http1() throws {
        let scene = try Scene.of()
        for start in [0, 1, 2, 30] {
            let before = scene.upstream.requests.count
            let client = try scene.connect()
            let bytes = ClientRequest.track().bytes
            for byte in bytes[..<start] { try client.send([byte]) }
            try client.send(Array(bytes[start...]))
            let response = try client.response()
            try scene.expectForwarded(response, since: before)
            #expect(try scene.edge.record(of: response["x-request-id"])["protocol"] == "HTTP/1.1")
            try client.send(ClientRequest.track("afterwards").bytes)
            #expect(try client.response().status == 200)
        }
    }

    @Test(
        "What only begins like the preface is a bad request of HTTP/1.1",
        arguments: ["PRI / HTTP/2.0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", "PRI * HTTP/2.0\r\n\r\nPRI", "PX"])
    func almost(text: String) throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        try client.send(text == "PX" ? "PX\r\n\r\n" : text)
        try scene.expect(.badRequest, try client.response())
        #expect(try client.readToEnd() == [])
    }

    @Test("A first frame that is no SETTINGS ends the connection, and is in the log")
    func noSettings() throws {
        let scene = try Scene.of()
        let (before, start) = (scene.upstream.requests.count, scene.logLength)
        let client = try HTTP2Client(port: scene.edge.port, isStarted: false)
        let smuggled = ClientRequest.smuggled.frames(on: 1)
        try client.send(bytes: HTTP2Client.preface + smuggled.flatMap(\.bytes))
        #expect(try client.readToEnd() == .protocolError)
        try scene.expectUnreadable(after: start)
        #expect(scene.upstream.requests.count == before)
        try scene.expectUnharmed()
    }

    @Test("Clients that reset right behind their first bytes do not end the process")
    func resetAtOnce() throws {
        let scene = try Scene.of()
        let requests = (0..<40).flatMap {
            ClientRequest.track().without("Authorization").frames(on: UInt32(2 * $0 + 1))
        }
        let junk = RawFrame(0xF7, [UInt8](repeating: 0, count: 16_000))
        // What is read at once has to be less than what has come: then the rest is read when the socket is found broken.
        for round in 0..<200 {
            let client = try HTTP2Client(port: scene.edge.port)
            client.sendUntilRefused(requests + Array(repeating: junk, count: round % 8))
            client.vanish()
        }
        try scene.expectUnharmed()
    }

    @Test("A listener without h2c says what would have to be set")
    func withoutH2C() async throws {
        try await Scene.run([:]) {
            let scene = try Scene.of()
            let client = try scene.connect()
            try client.send(HTTP2Client.preface + RawFrame.settings().bytes)
            let response = try client.response()
            try scene.expect(.badRequest, response)
            #expect(response.text.contains(#"without TLS by listeners with \"h2c\": true"#))
            #expect(try client.readToEnd() == [])
        }
    }
}
