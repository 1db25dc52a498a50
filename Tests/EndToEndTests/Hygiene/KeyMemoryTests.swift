import EdgeTestSupport
import Foundation
import Testing

/// Which keys are left in the edge's memory once it has answered: the whole of it is searched.
@Suite(
    .enabled(if: ProcessMemory.isReadable, "an edge shows its memory only to root"),
    .disabled(if: SanitizerCost.isPaid, "a sanitizer keeps what is freed, and maps terabytes")
) struct KeyMemoryTests {
    /// A key that nobody else has.
    private static func key(_ name: String, _ prefix: String = "pk") -> String {
        "\(prefix)_MEMORY\(name)0123456789abcdef0123456789abcdef"
    }

    /// Searches until nothing is found: the last thing that is done with a request comes after its answer.
    private static func expectNone(
        of words: [String], in edge: EdgeProcess, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let end = ContinuousClock.now + .seconds(10)
        var found: [String] = []
        repeat {
            found = try ProcessMemory.found(words, in: edge.process.identifier)
        } while !found.isEmpty && .now < end
        #expect(found == [], sourceLocation: location)
    }

    @Test("What is in memory is found")
    func control() throws {
        let upstream = try RecordingUpstream()
        let gate = Gate()
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let edge = try EdgeProcess(upstream: upstream.port)
        let client = try RawClient(port: edge.port)
        let key = Self.key("held")
        try client.send(ClientRequest.track().replacing("Authorization: Bearer \(key)").bytes)
        try upstream.waitForRequests(1)
        #expect(try !ProcessMemory.found([key], in: edge.process.identifier).isEmpty)
        gate.open()
        #expect(try client.response().status == 200)
        try Self.expectNone(of: [key], in: edge)
    }

    @Test("Over HTTP/1.1 no key is left, whatever became of its request, while the connections stay open")
    func clearText() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        var keys: [String] = []
        var clients: [RawClient] = []
        func send(
            _ name: String, prefix: String = "pk", expecting status: Int, _ request: (String) -> ClientRequest
        ) throws {
            let key = Self.key(name, prefix)
            keys.append(key)
            let client = try RawClient(port: edge.port)
            clients.append(client)
            // Cut in the middle of the head and of the body, so that parts wait for their rest.
            let bytes = request(key).bytes
            for start in stride(from: 0, to: bytes.count, by: 50) {
                try client.send(Array(bytes[start..<min(start + 50, bytes.count)]))
            }
            #expect(try client.response().status == status)
        }
        let event = ClientRequest.track()
        try send("forwarded", expecting: 200) { event.replacing("Authorization: Bearer \($0)") }
        try send("named", expecting: 200) {
            event.replacing("Authorization: Bearer \($0)").adding("X-Request-ID: of-a-proxy")
        }
        try send("unframed", expecting: 400) {
            event.replacing("Authorization: Bearer \($0)").adding("Bad name: 1").body("")
        }
        try send("elsewhere", expecting: 401) {
            ClientRequest.track(line: "GET /v1/contacts HTTP/1.1").replacing("Authorization: Bearer \($0)")
        }
        try send("query", prefix: "sk", expecting: 401) {
            ClientRequest.track(line: "POST /v1/track?key=\($0) HTTP/1.1")
        }
        try send("cookie", prefix: "sk", expecting: 401) { event.adding("Cookie: key=\($0)") }
        try send("body", prefix: "sk", expecting: 401) { event.body(#"{"event":"\#($0)","email":"ada@example.com"}"#) }
        try send("request-id", prefix: "sk", expecting: 401) { event.adding("X-Request-ID: \($0)") }
        // What the search for secret keys decodes is overwritten, too.
        try send("percent", expecting: 200) {
            event.replacing("Authorization: Bearer \($0)").adding("Cookie: a=%20b")
        }
        try send("basic", prefix: "sk", expecting: 401) {
            event.replacing("Authorization: Basic \(Data("\($0):".utf8).base64EncodedString())")
        }
        try send("escaped", prefix: "sk", expecting: 401) {
            event.body(#"{"event":"\u0073\#($0.dropFirst())","email":"ada@example.com"}"#)
        }
        try send("discarded", expecting: 401) { key in
            let body = "\(String(key.utf8.count, radix: 16))\r\n\(key)\r\n0\r\n\r\n"
            return ClientRequest.track(line: "POST /v1/contacts HTTP/1.1").adding("Transfer-Encoding: chunked")
                .unframed().body(body)
        }
        // Two at once, and one that leaves in the middle of its body.
        let pipelined = Self.key("pipelined")
        let two = event.replacing("Authorization: Bearer \(pipelined)").bytes
        let client = try RawClient(port: edge.port)
        try client.send(two + two)
        for _ in 0..<2 { #expect(try client.response().status == 200) }
        let left = Self.key("left")
        do {
            let leaving = try RawClient(port: edge.port)
            try leaving.send(Array(event.replacing("Authorization: Bearer \(left)").bytes.dropLast(9)))
        }
        _ = try edge.process.output.waitForLine("record") { $0.contains("client_gone") ? true : nil }
        try Self.expectNone(of: keys + [pipelined, left], in: edge)
        #expect(edge.process.isRunning && clients.count == keys.count)
    }

    @Test("Over TLS no key is left either, nor what the private key's file held")
    func encrypted() throws {
        let stage = try SecureStage()
        let key = Self.key("encrypted")
        let client = try Tool.curl.start([
            "--silent", "--http1.1", "--cacert", "\(stage.certificates.path)/authority.pem", stage.url,
            "-H", "Authorization: Bearer \(key)", "-H", "Content-Type: application/json", "--data", "@\(stage.body)",
        ])
        #expect(try client.output.waitForEnd() == PlunkLedger.success)
        let file = try String(contentsOfFile: "\(stage.certificates.path)/good.key", encoding: .utf8)
        let line = try #require(file.split(separator: "\n").dropFirst().first.map(String.init))
        try Self.expectNone(of: [key, line], in: stage.edge)
    }

    /// What swift-nio-http2 has decoded and nobody here owns: the threat model lists it. HPACK's table is the
    /// connection's, so that it may name a field again.
    @Test("Over HTTP/2 no request upstream and no head of ours is left")
    func http2() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, Scene.h2c)
        let key = Self.key("http2")
        let client = try HTTP2Client(port: edge.port)
        #expect(try client.exchange(ClientRequest.track().replacing("Authorization: Bearer \(key)")).status == 200)
        // A head that has to grow behind the key, and one that is no head in the end.
        let (grown, broken) = (Self.key("grown"), Self.key("broken"))
        let long = "User-Agent: \(String(repeating: "a", count: 2000))"
        let growing = ClientRequest.track().replacing("Authorization: Bearer \(grown)").replacing(long)
        #expect(try client.exchange(growing, on: 3).status == 200)
        let request = ClientRequest.track().replacing("Authorization: Bearer \(broken)").unframed()
        try client.send(.headers(5, request.headerBlock.appending("bad name", "1"), endStream: true))
        #expect(try client.response(on: 5).status == 400)
        try Self.expectNone(
            of: [key, grown, broken].flatMap { ["authorization: Bearer \($0)", "Authorization: Bearer \($0)"] },
            in: edge)
    }
}
