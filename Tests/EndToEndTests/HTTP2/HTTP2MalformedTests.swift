import EdgeTestSupport
import Testing

/// Streams whose frames are HTTP/2 and whose request is none: each is answered by itself, and the others go on.
/// Bodies may take long: a hundred of them wait for each other in one test, and a sanitizer makes that slow.
@Suite(.serialized, .edge(Scene.h2c.merging(["limits": ["timeouts": ["body": "30m"]]]))) struct HTTP2MalformedTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let block: HeaderBlock
        var refusal = Refusal.badRequest

        init(_ description: String, _ fields: [(String, String)]) {
            (testDescription, block) = (description, HeaderBlock(fields))
        }

        init(_ description: String, _ block: HeaderBlock, _ refusal: Refusal = .badRequest) {
            (testDescription, self.block, self.refusal) = (description, block, refusal)
        }
    }

    private static let track = ClientRequest.track()
    private static let list = track.fieldList

    private static func without(_ name: String) -> [(String, String)] { list.filter { $0.0 != name } }

    private static func with(_ name: String, _ value: String) -> [(String, String)] {
        list.map { $0.0 == name ? (name, value) : $0 }
    }

    static let pseudoFields: [Row] =
        [
            Row("no :method", without(":method")), Row("no :path", without(":path")),
            Row("no :scheme", without(":scheme")),
            Row("no :authority, no host", without(":authority")),
            Row("nothing at all", []),
            Row(":method twice", [(":method", "POST")] + list), Row(":path twice", [(":path", "/v1/track")] + list),
            Row(":scheme twice", [(":scheme", "http")] + list),
            Row(":authority twice", [(":authority", "edge.test")] + list),
            Row("an unknown one", [(":key", "value")] + list), Row("one without a name", [(":", "value")] + list),
            Row(":status", [(":status", "200")] + list),
            Row("extended CONNECT", [(":protocol", "websocket")] + with(":method", "CONNECT")),
            Row("CONNECT", [(":method", "CONNECT"), (":authority", "edge.test:443")]),
            Row("one behind the others", without(":path") + [(":path", "/v1/track")]),
            Row("host unlike :authority", list + [("host", "other.test")]),
            Row("an empty :authority", with(":authority", "")),
            Row("user information", with(":authority", "user@edge.test")),
            Row("a port that is none", with(":authority", "edge.test:99999")), Row("an empty :path", with(":path", "")),
            Row("another scheme", with(":scheme", "ftp")),
        ]
        + [":method", ":path", ":scheme", ":authority"].flatMap { name in
            ["\r\n", "\n", "\0", " ", "\u{7F}", "é"].map {
                Row("\(name) with \($0.debugDescription)", with(name, "x\($0)y"))
            }
        }

    static let fields: [Row] = [
        Row("a name in upper case", list + [("X-Mine", "a")]), Row("a name with a space", list + [("x mine", "a")]),
        Row("a name with CR LF", list + [("x\r\nhost", "a")]),
        Row("a value with CR LF", list + [("x-mine", "a\r\nx-other: b")]),
        Row("a value with NUL", list + [("x-mine", "\0")]),
        Row("a value behind a space", list + [("x-mine", " a")]),
        Row("a value before a tab", list + [("x-mine", "a\t")]),
        Row("connection", list + [("connection", "close")]), Row("keep-alive", list + [("keep-alive", "5")]),
        Row("proxy-connection", list + [("proxy-connection", "close")]), Row("upgrade", list + [("upgrade", "h2c")]),
        Row("transfer-encoding", list + [("transfer-encoding", "chunked")]), Row("te: gzip", list + [("te", "gzip")]),
        Row("another expectation", list + [("expect", "something")]),
        Row("origin twice", list + [("origin", "https://edge.test"), ("origin", "https://edge.test")]),
        Row("content-length twice", list + [("content-length", "\(track.body.count)")]),
        Row("content-length with a sign", with("content-length", "+5")),
        Row("content-length too short", with("content-length", "5")),
        Row("content-length too long", with("content-length", "500")),
        Row("a name beyond ASCII", HeaderBlock(raw: HeaderBlock(list).bytes + [0x00, 0x01, 0xFF, 0x01, 0x61])),
    ]

    static let sizes: [Row] = [
        Row(
            "a field of 20 KiB", HeaderBlock(list).appending("x-mine", String(repeating: "a", count: 20_480)),
            Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
        Row(
            "sixty-five fields", HeaderBlock(list + (0..<65).map { ("x-\($0)", "a") }),
            Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
        Row(
            "a target of 20 KiB", HeaderBlock(with(":path", "/" + String(repeating: "a", count: 20_480))),
            Refusal(status: 414, code: "BAD_REQUEST", reason: "target_too_long")),
    ]

    @Test(
        "A malformed request is refused on its stream, and the others go on", arguments: pseudoFields + fields + sizes)
    func refuses(row: Row) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        // The limits on heads hold once the client has acknowledged them.
        try client.receive(until: "SETTINGS") { !$0.settings.isEmpty }
        try client.send(.headers(1, Self.track.headerBlock, endStream: false))
        try client.send(row.block.frames(on: 3, endStream: false))
        try client.send(.data(3, Self.track.body, endStream: true))
        try scene.expect(row.refusal, try client.response(on: 3))
        #expect(scene.upstream.requests.count == before)
        try client.send(.data(1, Self.track.body, endStream: true))
        try scene.expectForwarded(try client.response(on: 1), since: before)
        #expect(try client.exchange(.track(), on: 5).status == 200)
        #expect(client.goAways.isEmpty)
    }

    static let trailers: [Row] = [
        Row("a pseudo-header field", [(":path", "/v1/send")]),
        Row("one behind another field", [("a", "b"), (":path", "/")]),
        Row("a name in upper case", [("X-Mine", "a")]), Row("connection", [("connection", "close")]),
        Row("transfer-encoding", [("transfer-encoding", "chunked")]),
        Row("a value with CR LF", [("x-mine", "a\r\nb: c")]),
        Row("a name with NUL", [("x\0", "a")]),
        Row(
            "sixty-five fields", HeaderBlock((0..<65).map { ("x-\($0)", "a") }),
            Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
        Row(
            "a field of 17 KiB", HeaderBlock([]).appending("x-mine", String(repeating: "a", count: 17_408)),
            Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
    ]

    @Test("Malformed trailers make a malformed request, and the other streams go on", arguments: trailers)
    func refusesTrailers(row: Row) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        try client.receive(until: "SETTINGS") { !$0.settings.isEmpty }
        let head = RawFrame.headers(1, Self.track.unframed().headerBlock, endStream: false)
        try client.send([head, .data(1, Self.track.body, endStream: false)] + row.block.frames(on: 1, endStream: true))
        try scene.expect(row.refusal, try client.response(on: 1))
        #expect(scene.upstream.requests.count == before)
        #expect(try client.exchange(.track(), on: 3).status == 200)
        #expect(client.goAways.isEmpty)
    }

    @Test("A first request that is over 16 KiB, sent before the client has read the limits, costs the connection")
    func largeFirstHead() throws {
        let scene = try Scene.of()
        let (before, start) = (scene.upstream.requests.count, scene.logLength)
        let client = try scene.connectHTTP2()
        let block = Self.track.headerBlock.appending("x-mine", String(repeating: "a", count: 16_384))
        client.sendUntilRefused(block.frames(on: 1, endStream: false))
        #expect(try client.readToEnd() == .protocolError)
        try scene.expectUnreadable(after: start, reason: "header_too_large")
        #expect(scene.upstream.requests.count == before)
    }

    @Test("te: trailers, and a host that says what :authority says, are no fault")
    func allowed() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let request = Self.track.adding("te: trailers", "host: edge.test")
        let before = scene.upstream.requests.count
        try scene.expectForwarded(try client.exchange(request), since: before)
        // Host alone will do.
        let block = HeaderBlock(Self.without(":authority")).appending("host", "edge.test")
        try client.send(.headers(3, block, endStream: false), .data(3, Self.track.body, endStream: true))
        #expect(try client.response(on: 3).status == 200)
    }

    @Test("A body that is longer than announced is refused as soon as that shows", arguments: [0, 5])
    func tooLong(announced: Int) throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let block = Self.track.unframed().adding("Content-Length: \(announced)").headerBlock
        try client.send(.headers(1, block, endStream: false), .data(1, Self.track.body, endStream: false))
        try scene.expect(.badRequest, try client.response(on: 1))
    }

    @Test("A body that never begins is not as long as announced")
    func noBody() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        try client.send(.headers(1, Self.track.headerBlock, endStream: true))
        try scene.expect(.badRequest, try client.response(on: 1))
        try client.send(
            .headers(3, Self.track.headerBlock, endStream: false),
            .headers(3, HeaderBlock([("a", "b")]), endStream: true))
        try scene.expect(.badRequest, try client.response(on: 3))
    }

    @Test("A hundred bodies wait for their rest on one connection, and each gets its answer")
    func unfinishedBodies() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let part = [UInt8](repeating: 32, count: 16_000)
        let ids = Array(stride(from: UInt32(1), to: 201, by: 2))
        var sent = 0
        for id in ids {
            sent += 2 * part.count
            try client.receive(until: "a window for \(sent)") { $0.windowAdded + 65_535 >= UInt32(sent) }
            try client.send(
                .headers(id, Self.track.unframed().headerBlock, endStream: false), .data(id, part, endStream: false),
                .data(id, part, endStream: false))
        }
        for id in ids {
            try client.send(.data(id, [32], endStream: true))
            try scene.expect(.invalidJSON, try client.response(on: id))
        }
        #expect(try client.exchange(Self.track, on: 201).status == 200)
        #expect(client.goAways.isEmpty)
    }

    @Test("A body over the limit is refused at the limit, and the rest thrown away")
    func tooLarge() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let large = Self.track.body(String(repeating: " ", count: 50_000))
        try client.send(.headers(1, large.unframed().headerBlock, endStream: false))
        try client.send(large.frames(on: 1).dropFirst().map { $0.with(flags: 0) })
        let response = try client.response(on: 1)
        try scene.expect(.bodyTooLarge, response)
        try client.send(.data(1, [], endStream: true))
        #expect(try client.exchange(.track(), on: 3).status == 200)
        #expect(client.streams[1]?.reset == nil, "the client was heard out")
    }
}
