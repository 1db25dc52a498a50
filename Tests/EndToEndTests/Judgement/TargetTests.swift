import EdgeTestSupport
import Testing

/// Paths, methods, versions and hosts: one byte beside `POST /v1/track HTTP/1.1` is another endpoint or no request.
@Suite(.serialized, .edge()) struct TargetTests {
    private static func line(_ line: String) -> ClientRequest { .track(line: line) }

    static let otherPaths: [HostileRequest] = [
        "/v1/track/", "//v1/track", "/v1//track", "/v1/track//", "/V1/TRACK", "/v1/Track", "/v1/track;a=b",
        "/v1/track%20",
        "/v1/track%00", "/v1%2ftrack", "/v1/%2e%2e/v1/track", "/v1/track%5c", "/v1/track%252e", "/v1/./track",
        "/v1/x/../track", "/../v1/track", "/v1/track/.", "/v1\\track", "/v1/track#a", "/v1/track%3f", "/v1/%74rack",
        "/v1/tr%C0%AEck", "/v1", "/v1/", "/", "/v1/send", "/v1/contacts", "/v2/track", "/v1/tracks", "/v1/trac",
        "http://edge.test/v1/track", "http://other.test/v1/track", "http://user:pass@edge.test/v1/track", "*",
        "v1/track",
        "?/v1/track", "edge.test:443", "/v1/track;/../send", "/api/v1/track", "/v1/track\"",
    ].map { .init($0, line("POST \($0) HTTP/1.1"), .wrongEndpoint) }

    static let otherMethods: [HostileRequest] = [
        "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "post", "Post", "POSTT", "POS", "PRI",
        "X", "PROPFIND", "QUERY", "!#$%&'*+-.^_`|~", String(repeating: "A", count: 9000),
    ].map { .init("the method \($0.prefix(20))", line("\($0) /v1/track HTTP/1.1"), .wrongEndpoint) }

    /// Targets that go with one method each (RFC 9112, section 3.2).
    static let otherForms: [HostileRequest] = [
        ("CONNECT with its authority", line("CONNECT edge.test:443 HTTP/1.1")),
        ("OPTIONS of the whole server", line("OPTIONS * HTTP/1.1").body("")),
    ].map { .init($0.0, $0.1, .wrongEndpoint) }

    /// An allowed origin, at a target that is none.
    static let wholePreflight = HostileRequest(
        "a preflight of the whole server",
        line("OPTIONS * HTTP/1.1").body("").adding("Origin: http://edge.test")
            .adding("Access-Control-Request-Method: POST"), .originDenied)

    static let malformedLines: [HostileRequest] = [
        "POST /v1/track HTTP/1.2", "POST /v1/track HTTP/2.0", "POST /v1/track HTTP/0.9", "POST /v1/track HTTP/1.1 x",
        "POST /v1/track HTTP/1.1 ", "POST /v1/track http/1.1", "POST /v1/track HTTP/11", "POST /v1/track HTTP/1.10",
        "POST /v1/track HTTP/01.1", "POST /v1/track HTTPS/1.1", "POST /v1/track", "POST", "POST  /v1/track HTTP/1.1",
        "POST /v1/track  HTTP/1.1", "POST\t/v1/track HTTP/1.1", "POST /v1/track\tHTTP/1.1", " POST /v1/track HTTP/1.1",
        "POST /v1/ track HTTP/1.1", "P OST /v1/track HTTP/1.1", "PO(ST /v1/track HTTP/1.1", "/v1/track HTTP/1.1",
        "POST /v1/track\u{0} HTTP/1.1", "POST /v1/track\u{7F} HTTP/1.1", "POST /v1/tr\u{430}ck HTTP/1.1",
        "POST /v1/\u{FF54}rack HTTP/1.1", "POST /v1/tr\u{200B}ack HTTP/1.1", "POST /v1/track\r HTTP/1.1",
        "POST /v1/track HTTP/1.1\n", "POST /v1/track HTTP/1.1\r", "\u{FEFF}POST /v1/track HTTP/1.1",
        "PRI * HTTP/2.0\r\n\r\nSM",
    ].map { .init($0.debugDescription, line($0), .badRequest) }

    static let hosts: [HostileRequest] = [
        ("no Host", ClientRequest.track().without("Host")),
        ("an empty Host", .track().replacing("Host: ")),
        ("two Hosts", .track().adding("Host: other.test")),
        ("two equal Hosts", .track().adding("Host: edge.test")),
        ("a port that is none", .track().replacing("Host: edge.test:99999")),
        ("no port behind the colon", .track().replacing("Host: edge.test:")),
        ("a port in letters", .track().replacing("Host: edge.test:http")),
        ("userinfo", .track().replacing("Host: user@edge.test")),
        ("a path", .track().replacing("Host: edge.test/v1")),
        ("a list", .track().replacing("Host: edge.test, other.test")),
        ("a space", .track().replacing("Host: edge test")),
        ("an open bracket", .track().replacing("Host: [::1")),
        ("a bad address", .track().replacing("Host: [::g]")),
        ("a percent sign", .track().replacing("Host: edge%2etest")),
        ("letters beyond ASCII", .track().replacing("Host: \u{435}dge.test")),
    ].map { .init($0.0, $0.1, .badRequest) }

    static let goodHosts: [HostileRequest] = [
        "edge.test", "EDGE.TEST:8080", "127.0.0.1", "[::1]:80", "a_b.test", "localhost",
    ].map { .init("Host: \($0)", ClientRequest.track().replacing("Host: \($0)"), nil) }

    @Test("Every other path is another endpoint", arguments: otherPaths)
    func otherPath(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("Every other method is another endpoint", arguments: otherMethods)
    func otherMethod(row: HostileRequest) throws {
        // A HEAD's answer has no body, which the reader cannot know: looked at below.
        guard row.testDescription != "the method HEAD" else { return }
        try Scene.of().check(row)
    }

    @Test("Targets of other forms are another endpoint", arguments: otherForms + [wholePreflight])
    func otherForm(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A malformed request line is a 400 and the end of the connection", arguments: malformedLines)
    func malformedLine(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A request without one good Host is a 400", arguments: hosts)
    func badHost(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("Hosts in every good form pass", arguments: goodHosts)
    func goodHost(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A query is dropped, and logged nowhere")
    func query() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(Self.line("POST /v1/track?a=planted-query&/../v1/send HTTP/1.1"))
        try scene.expectForwarded(response, since: before)
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["path"] == "/v1/track")
        #expect(!scene.edge.process.output.text.contains("planted-query"))
    }

    @Test("HEAD is answered without a body")
    func head() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        let request = Self.line("HEAD /v1/track HTTP/1.1").body("")
        try client.send(request.bytes)
        client.halfClose()
        let head = String(decoding: try client.readToEnd(), as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 401 "))
        #expect(head.hasSuffix("\r\n\r\n"))
    }

    @Test("HTTP/1.0 is served once, with and without Host", arguments: [true, false])
    func http10(hasHost: Bool) throws {
        var request = Self.line("POST /v1/track HTTP/1.0")
        if !hasHost { request = request.without("Host") }
        try Scene.of().check(HostileRequest("HTTP/1.0", request, nil))
    }

    @Test("HTTP/0.9 gets an error and nothing more")
    func http09() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        try client.send("GET /v1/track\r\n\r\n")
        try scene.expect(.badRequest, try client.response())
        #expect(try client.readToEnd() == [])
    }

    @Test("One empty line before a request is forgiven; more is not needed")
    func emptyLine() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        let before = scene.upstream.requests.count
        try client.send(Array("\r\n".utf8) + ClientRequest.track().bytes)
        try scene.expectForwarded(try client.response(), since: before)
    }

    @Test(
        "Bytes that are no HTTP are answered at once, not waited for",
        arguments: [
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}", "\n\n", "POST /v1/track HTTP/1.1\nHost: a\n\n",
            "\u{0}",
        ])
    func noHTTP(text: String) throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        try client.send(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        try scene.expect(.badRequest, try client.response())
        #expect(try client.readToEnd() == [])
    }
}
