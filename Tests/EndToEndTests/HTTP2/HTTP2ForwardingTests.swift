import EdgeTestSupport
import Testing

/// Honest clients of HTTP/2, and the ways in which they may cut what they send.
@Suite(.serialized, .edge(Scene.h2c)) struct HTTP2ForwardingTests {
    private static let body = Array(#"{"event":"signup","email":"ada@example.com","data":{"plan":"team"}}"#.utf8)
    private static let track = ClientRequest.track().body(body)

    @Test("An event is forwarded as over HTTP/1.1, and the log names the protocol")
    func forwards() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        let response = try client.exchange(Self.track.adding("User-Agent: app/1", "Cookie: a=b", "X-Anything: c"))
        try scene.expectOurs(response)
        let forwarded = try scene.expectForwarded(response, since: before)
        #expect(forwarded.body == Self.body)
        #expect(forwarded.violations() == [])
        #expect(forwarded["user-agent"] == "app/1")
        #expect(forwarded["x-request-id"] == response["x-request-id"])
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["protocol"] == "HTTP/2")
        #expect(record["method"] == "POST")
        #expect(record["path"] == "/v1/track")
        #expect(record["host"] == "edge.test")
        #expect(record["outcome"] == "forwarded")
        #expect(record["tls"] == nil)
        #expect(record["bytes_in"]?.number ?? 0 > Double(Self.body.count))
        #expect(client.settings[3] == 100, "the limit of streams at once is announced")
        #expect(client.settings[4] ?? 0 > 32 * 1024, "a whole body fits a stream's window")
        #expect(client.goAways.isEmpty)
    }

    /// How a body may come.
    static let cuts: [(String, [RawFrame])] = [
        ("at once", [.data(1, body, endStream: true)]),
        ("byte by byte", body.indices.map { .data(1, [body[$0]], endStream: $0 == body.count - 1) }),
        (
            "in two parts",
            [.data(1, Array(body[..<7]), endStream: false), .data(1, Array(body[7...]), endStream: true)]
        ),
        ("with an end of its own", [.data(1, body, endStream: false), .data(1, [], endStream: true)]),
        ("padded", [.data(1, body, endStream: true, padding: 255)]),
        ("padded by nothing", [.data(1, body, endStream: true, padding: 0)]),
        (
            "padded byte by byte",
            body.indices.map { .data(1, [body[$0]], endStream: $0 == body.count - 1, padding: UInt8($0)) }
        ),
        (
            "with empty frames between",
            [
                .data(1, [], endStream: false), .data(1, body, endStream: false),
                .data(1, [], endStream: true, padding: 9),
            ]
        ),
        (
            "with frames of others between",
            [
                .data(1, Array(body[..<9]), endStream: false), .ping, .priority(5, on: 3), .windowUpdate(1, 5),
                .settings([(2, 0)]), RawFrame(0xFA, flags: 0xFF, stream: 1, [1, 2, 3]),
                .data(1, Array(body[9...]), endStream: true),
            ]
        ),
    ]

    @Test("A body is what its frames hold, however it is cut", arguments: cuts.indices)
    func anyCut(_ row: Int) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        try client.send([.headers(1, Self.track.headerBlock, endStream: false)] + Self.cuts[row].1)
        let forwarded = try scene.expectForwarded(try client.response(on: 1), since: before)
        #expect(forwarded.body == Self.body, "\(Self.cuts[row].0)")
    }

    @Test("Content-Length need not be there")
    func unannounced() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.connectHTTP2().exchange(Self.track.unframed())
        #expect(try scene.expectForwarded(response, since: before).body == Self.body)
    }

    @Test("A head in parts is one head")
    func continuation() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        let block = Self.track.headerBlock.bytes
        try client.send(
            .headers(1, HeaderBlock(raw: Array(block[..<11])), endStream: false, endHeaders: false),
            .continuation(1, Array(block[11..<12]), endHeaders: false),
            .continuation(1, Array(block[12...]), endHeaders: true), .data(1, Self.body, endStream: true))
        #expect(try scene.expectForwarded(try client.response(on: 1), since: before).body == Self.body)
    }

    @Test("A head with padding and a priority is the same head")
    func paddedHead() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        let payload = [7] + [0, 0, 0, 0, 15] + Self.track.headerBlock.bytes + [UInt8](repeating: 0, count: 7)
        let flags = RawFrame.Flag.endHeaders | RawFrame.Flag.padded | 0x20
        try client.send(
            RawFrame(RawFrame.Kind.headers, flags: flags, stream: 1, payload), .data(1, Self.body, endStream: true))
        #expect(try scene.expectForwarded(try client.response(on: 1), since: before).body == Self.body)
    }

    @Test("What a client says by HPACK's table is what it said before")
    func table() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let rest = Self.track.without("Authorization").headerBlock.bytes
        let key = HeaderBlock.indexed("authorization", "Bearer \(Planted.publicKey)").bytes
        let blocks = [rest + key, rest + HeaderBlock.reference(to: 62).bytes]
        for (id, block) in zip([1, 3] as [UInt32], blocks) {
            let before = scene.upstream.requests.count
            try client.send(
                .headers(id, HeaderBlock(raw: block), endStream: false), .data(id, Self.body, endStream: true))
            let forwarded = try scene.expectForwarded(try client.response(on: id), since: before)
            #expect(forwarded["authorization"] == "Bearer \(Planted.publicKey)")
        }
    }

    @Test("Trailers are dropped: a secret key in them reaches nothing")
    func trailers() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        let trailers = HeaderBlock([("x-key", Planted.secret), ("authorization", "Bearer \(Planted.secret)")])
        try client.send(
            .headers(1, Self.track.headerBlock, endStream: false), .data(1, Self.body, endStream: false),
            .headers(1, trailers, endStream: true))
        let response = try client.response(on: 1)
        #expect(try scene.expectForwarded(response, since: before).body == Self.body)
        #expect(try scene.edge.record(of: response["x-request-id"])["key"]?["type"] == "public")
    }

    @Test("As many cookies as fit into a head, which browsers send one by one")
    func cookies() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        let cookies = (0..<200).map { ("cookie", "name\($0)=value") }
        try client.send(
            .headers(1, HeaderBlock(Self.track.fieldList + cookies), endStream: false),
            .data(1, Self.body, endStream: true))
        try scene.expectForwarded(try client.response(on: 1), since: before)
    }

    @Test("100 Continue is said, and HEAD gets no body")
    func interim() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        try client.send(.headers(1, Self.track.adding("Expect: 100-continue").headerBlock, endStream: false))
        try client.receive(until: "100") { $0.streams[1]?.interim == [100] }
        try client.send(.data(1, Self.body, endStream: true))
        #expect(try client.response(on: 1).status == 200)
        let head = ClientRequest.track(line: "HEAD /v1/track HTTP/2").body("").unframed()
        let response = try client.exchange(head, on: 3)
        #expect(response.status == 401)
        #expect(response.body.isEmpty)
        #expect(response["content-length"].flatMap { Int($0) } ?? 0 > 0)
    }

    @Test("A hundred requests at once are all answered")
    func manyStreams() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        let ids = (0..<100).map { UInt32($0 * 2 + 1) }
        func request(_ id: UInt32) -> ClientRequest { .track("stream.\(id)") }
        for id in ids { try client.send(.headers(id, request(id).headerBlock, endStream: false)) }
        for id in ids.reversed() { try client.send(.data(id, request(id).body, endStream: true)) }
        for id in ids { #expect(try client.response(on: id).status == 200) }
        let events = Set(scene.upstream.requests.dropFirst(before).map(\.text))
        #expect(events.count == 100)
        #expect(events.allSatisfy { $0.contains(/"stream\.\d+"/) })
        #expect(try client.exchange(request(201), on: 201).status == 200, "there is room again")
        #expect(client.goAways.isEmpty)
    }

    @Test("One more than a hundred at once costs the client its connection, and nobody else anything")
    func oneStreamTooMany() throws {
        let scene = try Scene.of()
        let (before, start) = (scene.upstream.requests.count, scene.logLength)
        let client = try scene.connectHTTP2()
        for id in stride(from: UInt32(1), to: 201, by: 2) {
            try client.send(.headers(id, Self.track.headerBlock, endStream: false))
        }
        client.sendUntilRefused(ClientRequest.smuggled.frames(on: 201))
        #expect(try client.readToEnd() == .protocolError)
        try scene.expectUnreadable(after: start)
        #expect(scene.upstream.requests.count == before)
        try scene.expectUnharmed()
    }

    @Test("The connection's window opens again, whatever becomes of the bodies")
    func connectionWindow() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let large = ClientRequest.track().body(String(repeating: " ", count: 60_000))
        var sent = 0
        for id in stride(from: UInt32(1), to: 101, by: 2) {
            // Never more than was allowed, as an honest client does it.
            sent += large.body.count
            if sent > 65_535 {
                try client.receive(until: "a window for \(sent)") { $0.windowAdded + 65_535 >= UInt32(sent) }
            }
            try client.send(large.frames(on: id))
            #expect(try client.response(on: id).status == 413)
        }
        #expect(try client.exchange(.track(), on: 101).status == 200)
    }

    @Test("An answer keeps to the window that the client gives, and goes on when it opens")
    func outboundWindow() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2(settings: [(4, 10)])
        try client.send(Self.track.frames(on: 1))
        try client.receive(until: "ten bytes") { $0.streams[1]?.response?.body.count == 10 }
        try client.send(.windowUpdate(1, 5))
        try client.receive(until: "five more") { $0.streams[1]?.response?.body.count == 15 }
        try client.send(.settings([(4, 100_000)]))
        #expect(try client.response(on: 1).text == PlunkLedger.success)
    }
}
