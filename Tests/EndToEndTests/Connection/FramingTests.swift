import EdgeTestSupport
import Testing

/// Requests whose end two servers could see at different places, each with a second request behind it that nobody may
/// ever take for one.
@Suite(.serialized, .edge()) struct FramingTests {
    private static let track = ClientRequest.track()
    private static let body = String(decoding: track.body, as: UTF8.self)
    private static let size = String(track.body.count, radix: 16)

    private static func lengths(_ lines: String...) -> ClientRequest {
        var request = track.unframed()
        request.fields += lines
        return request
    }

    private static func chunked(_ text: String, coding: String = "Transfer-Encoding: chunked") -> ClientRequest {
        track.unframed().adding(coding).body(text)
    }

    private static let whole = "\(size)\r\n\(body)\r\n0\r\n\r\n"
    private static let length = "Content-Length: \(track.body.count)"

    static let contentLengths: [HostileRequest] = [
        ("with Transfer-Encoding behind it", lengths(length, "Transfer-Encoding: chunked")),
        ("with Transfer-Encoding before it", lengths("Transfer-Encoding: chunked", length)),
        ("with Transfer-Encoding: identity", lengths("Transfer-Encoding: identity", length)),
        ("twice, different", lengths(length, "Content-Length: 0")),
        ("twice, the same", lengths(length, length)),
        ("as a list", lengths("\(length), \(track.body.count)")),
        ("with a plus sign", lengths("Content-Length: +\(track.body.count)")),
        ("negative", lengths("Content-Length: -1")),
        ("with a leading zero", lengths("Content-Length: 0\(track.body.count)")),
        ("in hexadecimal", lengths("Content-Length: 0x\(size)")),
        ("with a semicolon", lengths("\(length);")),
        ("with a space inside", lengths("Content-Length: 4 8")),
        ("with a fraction", lengths("Content-Length: 48.0")),
        ("with an exponent", lengths("Content-Length: 1e2")),
        ("of 20 digits", lengths("Content-Length: 18446744073709551617")),
        ("of 400 digits", lengths("Content-Length: \(String(repeating: "9", count: 400))")),
        ("empty", lengths("Content-Length:")),
        ("in other digits", lengths("Content-Length: \u{664}\u{668}")),
        ("with a space before the colon", lengths("Content-Length : \(track.body.count)")),
        ("folded", lengths("Content-Length:\r\n \(track.body.count)")),
    ].map { .init("Content-Length \($0.0)", $0.1, .badRequest) }

    static let codings: [HostileRequest] =
        [
            "xchunked", "chunked, chunked", "gzip, chunked", "chunked, gzip", "identity", "\"chunked\"", "\u{B}chunked",
            "chunked\u{B}", "chunked;q=1", "chunke", "", "chunked,", ",chunked", "\u{441}hunked",
        ].map {
            .init(
                "Transfer-Encoding \($0.debugDescription)", chunked(whole, coding: "Transfer-Encoding: \($0)"),
                .badRequest)
        }
        + [
            ("twice", chunked(whole).adding("Transfer-Encoding: chunked")),
            ("twice, one identity", chunked(whole).adding("Transfer-Encoding: identity")),
            ("with a space before the colon", chunked(whole, coding: "Transfer-Encoding : chunked")),
            ("folded", chunked(whole, coding: "Transfer-Encoding:\r\n chunked")),
            ("behind a folded line", chunked(whole, coding: "X-A: b\r\n Transfer-Encoding: chunked")),
            ("behind a bare LF", chunked(whole, coding: "X-A: b\nTransfer-Encoding: chunked")),
            ("behind a bare CR", chunked(whole, coding: "X-A: b\rTransfer-Encoding: chunked")),
        ].map { .init("Transfer-Encoding \($0.0)", $0.1, .badRequest) }

    static let chunks: [HostileRequest] = [
        ("a size with 0x", "0x\(size)\r\n\(body)\r\n0\r\n\r\n"),
        ("a size with a space behind it", "\(size) \r\n\(body)\r\n0\r\n\r\n"),
        ("a size with a space before it", " \(size)\r\n\(body)\r\n0\r\n\r\n"),
        ("a size with a sign", "+\(size)\r\n\(body)\r\n0\r\n\r\n"),
        ("a size of 17 digits", "1\(String(repeating: "0", count: 16))\r\n\(body)\r\n0\r\n\r\n"),
        ("a size of nine digits", "00000000\(size)\r\n\(body)\r\n0\r\n\r\n"),
        ("no size", "\r\n\(body)\r\n0\r\n\r\n"),
        ("a size behind a bare LF", "\(size)\n\(body)\r\n0\r\n\r\n"),
        ("a size behind a bare CR", "\(size)\r\(body)\r\n0\r\n\r\n"),
        ("data longer than its size", "5\r\n\(body)\r\n0\r\n\r\n"),
        ("data behind a bare LF", "\(size)\r\n\(body)\n0\r\n\r\n"),
        ("an extension with a bare LF", "\(size);a\n\(body)\r\n0\r\n\r\n"),
        ("an extension with a quoted line break", "\(size);a=\"\r\n\"\r\n\(body)\r\n0\r\n\r\n"),
        ("an extension of 64 KB", "\(size);\(String(repeating: "a", count: 65536))\r\n\(body)\r\n0\r\n\r\n"),
        ("a last chunk behind a bare LF", "\(size)\r\n\(body)\r\n0\n\n"),
        ("a trailer with a bare LF", "\(size)\r\n\(body)\r\n0\r\nA: b\n\r\n"),
        ("a folded trailer", "\(size)\r\n\(body)\r\n0\r\n A: b\r\n\r\n"),
        ("two thousand trailers", "\(size)\r\n\(body)\r\n0\r\n\(String(repeating: "A: b\r\n", count: 2000))\r\n"),
        (
            "no end behind the last one, but another request",
            "\(size)\r\n\(body)\r\n0\r\n\(String(decoding: ClientRequest.smuggled.bytes, as: UTF8.self))"
        ),
        ("NUL in a trailer", "\(size)\r\n\(body)\r\n0\r\nA: \u{0}\r\n\r\n"),
    ].map { .init("chunks: \($0.0)", chunked($0.1), .badRequest) }

    static let goodChunks: [HostileRequest] = [
        ("whole", chunked(whole)),
        ("byte by byte", chunked(body.map { "1\r\n\($0)\r\n" }.joined() + "0\r\n\r\n")),
        ("with an extension", chunked("\(size);a=b\r\n\(body)\r\n0;c\r\n\r\n")),
        ("with upper-case digits and leading zeros", chunked("0000\(size.uppercased())\r\n\(body)\r\n000\r\n\r\n")),
        ("with trailers that are dropped", chunked("\(size)\r\n\(body)\r\n0\r\nHost: a\r\nContent-Length: 9\r\n\r\n")),
        ("with a coding in capitals", chunked(whole, coding: "TRANSFER-ENCODING: Chunked")),
    ].map { .init("chunks \($0.0)", $0.1, nil) }

    static let fields: [HostileRequest] = [
        ("NUL in a value", "X-A: a\u{0}b"), ("CR in a value", "X-A: a\rb"), ("LF in a value", "X-A: a\nb"),
        ("DEL in a value", "X-A: a\u{7F}b"), ("a control in a value", "X-A: \u{1}"), ("a space in a name", "X A: b"),
        ("no colon", "X-A"), ("no name", ": b"), ("a folded value", "X-A: a\r\n b"), ("a bracket in a name", "X[A]: b"),
        ("a letter beyond ASCII in a name", "X-\u{E4}: b"), ("a line of spaces", " "), ("a quoted name", "\"X-A\": b"),
        ("NUL in a name", "X\u{0}A: b"), ("Expect: nothing known", "Expect: 200-ok"),
        ("two Expects", "Expect: 100-continue\r\nExpect: 100-continue"),
        ("two Origins", "Origin: https://a.test\r\nOrigin: https://b.test"),
    ].map { .init($0.0, track.adding($0.1), .badRequest) }

    static let goodFields: [HostileRequest] = [
        ("bytes beyond ASCII in a value", "X-A: \u{E4}\u{20AC}"), ("a tab in a value", "X-A: a\tb"),
        ("an empty value", "X-A:"),
        ("an underscore in a name", "Content_Length: 5"), ("a field name of tokens", "!#$%&'*+-.^_`|~: a"),
        (
            "no upgrade to h2c",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"
        ),
        ("no upgrade to a WebSocket", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x"),
    ].map { .init($0.0, track.adding($0.1), nil) }

    @Test("Behind a wish for another protocol nothing of it is taken, nor what could hide in it")
    func upgrade() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connect()
        let request = Self.track.adding("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x")
        // A frame that says hello (RFC 6455, section 5.7).
        let frame: [UInt8] = [0x81, 0x85, 0, 0, 0, 0] + Array("hello".utf8)
        try client.send(request.bytes + frame + ClientRequest.smuggled.bytes)
        #expect(try client.response().status == 200)
        try scene.expect(.badRequest, try client.response())
        #expect(try client.readToEnd() == [])
        #expect(scene.upstream.requests.count == before + 1)
    }

    @Test("A doubtful Content-Length is a 400", arguments: contentLengths)
    func contentLength(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A doubtful Transfer-Encoding is a 400", arguments: codings)
    func coding(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A doubtful chunk is a 400", arguments: chunks)
    func chunk(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A chunked body in every good form is one body", arguments: goodChunks)
    func goodChunk(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A malformed field line is a 400", arguments: fields)
    func badField(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A field line that is only unusual passes", arguments: goodFields)
    func goodField(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("HTTP/1.0 with Transfer-Encoding is a 400")
    func http10Chunked() throws {
        var request = Self.chunked(Self.whole)
        request.line = "POST /v1/track HTTP/1.0"
        try Scene.of().check(HostileRequest("HTTP/1.0", request, .badRequest))
    }

    @Test("A body cut off by the client's end is no request")
    func cutBody() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connect()
        try client.send(Array(ClientRequest.smuggled.bytes.dropLast()))
        client.halfClose()
        _ = try client.readToEnd()
        #expect(scene.upstream.requests.count == before)
    }

    @Test(
        "Too many or too long fields are a 431, a too long target a 414",
        arguments: [
            HostileRequest(
                "257 fields", many(257), Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
            HostileRequest(
                "65 fields", many(62), Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
            HostileRequest(
                "an 81 KB field", track.adding("X-A: \(String(repeating: "a", count: 81_000))"),
                Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
            HostileRequest(
                "a 17 KB head", track.adding("X-A: \(String(repeating: "a", count: 17_000))"),
                Refusal(status: 431, code: "BAD_REQUEST", reason: "header_too_large")),
            HostileRequest(
                "a 20 KB target", .track(line: "POST /v1/track?\(String(repeating: "a", count: 20_000)) HTTP/1.1"),
                Refusal(status: 414, code: "BAD_REQUEST", reason: "target_too_long")),
            HostileRequest(
                "a 20 KB method", .track(line: "\(String(repeating: "A", count: 20_000)) / HTTP/1.1"),
                Refusal(status: 414, code: "BAD_REQUEST", reason: "target_too_long")),
            // Host, Authorization, Content-Type and Content-Length make it 64.
            HostileRequest("64 fields", many(60), nil),
        ])
    func headSize(row: HostileRequest) throws { try Scene.of().check(row) }

    private static func many(_ count: Int) -> ClientRequest {
        var request = track
        request.fields += (0..<count).map { "X-\($0): a" }
        return request
    }
}
