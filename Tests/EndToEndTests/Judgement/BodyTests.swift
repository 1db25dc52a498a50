import EdgeTestSupport
import Testing

/// Bodies: strict JSON in, the same members and nothing else out.
@Suite(.serialized, .edge()) struct BodyTests {
    private static let track = ClientRequest.track()
    private static let email = #""email":"ada@example.com""#

    static let invalid: [HostileRequest] =
        [
            ("nothing", ""), ("spaces", "  "), ("a comma behind the last member", "{\"event\":\"a\",\(email),}"),
            ("single quotes", "{'event':'a',\(email)}"), ("a comment", "{\"event\":\"a\",/* */\(email)}"),
            ("NaN", "{\"event\":\"a\",\(email),\"data\":NaN}"),
            ("Infinity", "{\"event\":\"a\",\(email),\"data\":-Infinity}"),
            ("a leading zero", "{\"event\":\"a\",\(email),\"data\":01}"),
            ("a plus sign", "{\"event\":\"a\",\(email),\"data\":+1}"),
            ("a bare fraction", "{\"event\":\"a\",\(email),\"data\":.5}"),
            ("hexadecimal", "{\"event\":\"a\",\(email),\"data\":0x1}"),
            ("bytes behind the value", "{\"event\":\"a\",\(email)}{\"event\":\"b\"}"),
            ("an open string", "{\"event\":\"a"),
            ("a line break in a string", "{\"event\":\"a\nb\",\(email)}"),
            ("a bad escape", "{\"event\":\"\\x\",\(email)}"),
            ("NUL", "{\"event\":\"a\u{0}\",\(email)}"), ("a byte-order mark", "\u{FEFF}{\"event\":\"a\",\(email)}"),
            ("the event twice", "{\"event\":\"a\",\(email),\"event\":\"email.sent\"}"),
            ("the event twice, escaped", "{\"event\":\"a\",\(email),\"\\u0065vent\":\"email.sent\"}"),
            ("a member of data twice", "{\"event\":\"a\",\(email),\"data\":{\"x\":1,\"x\":2}}"),
            ("an unknown member twice", "{\"event\":\"a\",\(email),\"x\":1,\"x\":2}"),
            ("33 levels", "{\"event\":\"a\",\(email),\"data\":\(nested(32))}"),
            ("16,000 levels", nested(16_000)), ("form fields", "event=a&email=ada%40example.com"),
        ].map { .init($0.0, track.body($0.1), .invalidJSON) }
        + [
            ("an overlong sequence", [0xC0, 0xAF]), ("a surrogate as UTF-8", [0xED, 0xA0, 0x80]),
            ("a cut sequence", [0xE2, 0x82]),
            ("a stray continuation", [0x80]), ("beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("0xFF", [0xFF]),
        ].map { name, bytes in
            .init(name, track.body(Array("{\"event\":\"".utf8) + bytes + Array("\",\(email)}".utf8)), .invalidJSON)
        }
        + [.init("UTF-16", track.body(Array("{\"event\":\"a\"}".utf8).flatMap { [$0, 0] }), .invalidJSON)]

    static let invalidFields: [HostileRequest] = [
        "[]", "null", "1", "\"event\"", "true", "[{\"event\":\"a\",\(email)}]", "{\"event\":\"\",\(email)}",
        "{\"event\":\"a\"}",
        "{\(email)}", "{\"event\":[\"a\"],\(email)}", "{\"event\":\"a\",\"email\":\"\"}",
        "{\"event\":\"a\",\"email\":{}}",
        "{\"event\":\"a\",\(email),\"subscribed\":1}", "{\"event\":\"a\",\(email),\"subscribed\":null}",
        "{\"Event\":\"a\",\(email)}", "{\"event \":\"a\",\(email)}", "{\"event\":\"a\",\"email\":\"ada\"}",
    ].map { .init($0, track.body($0), .invalidFields) }

    static let reserved: [HostileRequest] =
        [
            "email.sent", "email.", "contact.subscribed", "contact.unsubscribed", "segment.a.entry", "segment.b.exit",
            "segment..entry",
        ].map {
            .init(
                $0, track.body("{\"event\":\"\($0)\",\(email)}"),
                Refusal(status: 422, code: "VALIDATION_ERROR", reason: "reserved_event"))
        } + [
            .init(
                "email.sent, escaped", track.body("{\"event\":\"\\u0065mail.sent\",\(email)}"),
                Refusal(status: 422, code: "VALIDATION_ERROR", reason: "reserved_event"))
        ]

    /// What comes in, and what must go upstream.
    static let rebuilt: [(String, String)] = [
        ("{\"event\":\"a\",\(email)}", "{\"event\":\"a\",\(email)}"),
        (" {\t\"event\" :\r\n\"a\" , \(email) } ", "{\"event\":\"a\",\(email)}"),
        ("{\"event\":\"a\",\(email),\"x\":1,\"__proto__\":{\"y\":2},\"constructor\":3}", "{\"event\":\"a\",\(email)}"),
        ("{\"\\u0065vent\":\"a\",\(email)}", "{\"event\":\"a\",\(email)}"),
        ("{\"event\":\"\\u0061\\n\\ud83d\\ude00\",\(email)}", "{\"event\":\"\\u0061\\n\\ud83d\\ude00\",\(email)}"),
        (
            "{\"data\":{\"a\":[1, 2.50, -0, 1E9],\"b\":null},\(email),\"event\":\"a\",\"subscribed\":false}",
            "{\"data\":{\"a\":[1, 2.50, -0, 1E9],\"b\":null},\(email),\"event\":\"a\",\"subscribed\":false}"
        ),
        ("{\"event\":\"Emails\",\(email)}", "{\"event\":\"Emails\",\(email)}"),
        ("{\"event\":\"EMAIL.sent\",\(email)}", "{\"event\":\"EMAIL.sent\",\(email)}"),
        ("{\"event\":\"h\u{E9}\u{1F600}\",\(email)}", "{\"event\":\"h\u{E9}\u{1F600}\",\(email)}"),
        ("{\"event\":\"a\",\(email),\"data\":\(nested(31))}", "{\"event\":\"a\",\(email),\"data\":\(nested(31))}"),
        ("{\"event\":\"a\",\(email),\"data\":[1e999999]}", "{\"event\":\"a\",\(email),\"data\":[1e999999]}"),
        (
            "{\"event\":\"a\",\(email),\"data\":{\"event\":\"x\"}}",
            "{\"event\":\"a\",\(email),\"data\":{\"event\":\"x\"}}"
        ),
    ]

    static let types: [HostileRequest] =
        [
            "application/json; charset=utf-8", "APPLICATION/JSON", "text/plain;charset=UTF-8", "text/plain",
            "application/json;a=b", "application/json ; charset=utf-8",
        ].map { .init($0, track.replacing("Content-Type: \($0)"), nil) }
        + [
            "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/html", "application/jsonp",
            "application/json, text/plain", "application/vnd.api+json", "json", "", "text/json",
            "application/octet-stream",
        ].map { .init($0, track.replacing("Content-Type: \($0)"), .contentType) }
        + [
            .init("no Content-Type", track.without("Content-Type"), .contentType),
            .init("two Content-Types", track.adding("Content-Type: application/json"), .contentType),
            .init("gzip", track.adding("Content-Encoding: gzip"), .contentType),
            .init("br", track.adding("Content-Encoding: br"), .contentType),
            .init(
                "identity, then gzip", track.adding("Content-Encoding: identity").adding("Content-Encoding: gzip"),
                .contentType),
            .init("identity", track.adding("Content-Encoding: identity"), nil),
        ]

    @Test("What is not strict JSON is a 400", arguments: invalid)
    func invalidText(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("Fields that Plunk would not take are a 422", arguments: invalidFields)
    func invalidField(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("Events that Plunk records itself are a 422", arguments: reserved)
    func reservedEvent(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("JSON by its type, or what browsers send in its place", arguments: types)
    func contentType(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("The body upstream holds the members that passed, value by value as they came", arguments: rebuilt)
    func rebuiltBody(sent: String, expected: String) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let request = try scene.expectForwarded(try scene.exchange(Self.track.body(sent)), since: before)
        #expect(request.text == expected)
    }

    @Test(
        "Bodies of every hostile shape are judged, and go on",
        arguments: [
            "{\"event\":\"a\",\(email),\"data\":[\(String(repeating: "0,", count: 15_000))0]}",
            "{\"event\":\"a\",\(email),\(String(repeating: " ", count: 32_000))\"data\":1}",
            "{\"event\":\"a\",\(email),\"data\":{\((0..<3000).map { "\"m\($0)\":0" }.joined(separator: ","))}}",
            "{\"event\":\"a\",\(email),\"data\":\"\(String(repeating: "\\u0041", count: 5_000))\"}",
        ])
    func hostileShapes(text: String) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        try scene.expectForwarded(try scene.exchange(Self.track.body(text)), since: before)
    }

    private static func nested(_ levels: Int) -> String {
        String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
}

/// What the configuration strips.
@Suite(.serialized, .edge(["body": ["subscribed": "strip", "maxSize": "1KiB"], "endpoint": "/api/hello"]))
struct StrippedBodyTests {
    private static let track = ClientRequest.track(line: "POST /api/hello HTTP/1.1")

    @Test("`subscribed` is taken out where the configuration says so")
    func subscribed() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let body = #"{"event":"a","subscribed":true,"email":"ada@example.com"}"#
        let request = try scene.expectForwarded(try scene.exchange(Self.track.body(body)), since: before)
        #expect(request.text == #"{"event":"a","email":"ada@example.com"}"#)
    }

    @Test(
        "The endpoint's public name is another; upstream it is /v1/track as always",
        arguments: [
            HostileRequest("renamed", track, nil), HostileRequest("the old name", .track(), .wrongEndpoint),
            HostileRequest("over the configured size", track.body(String(repeating: " ", count: 1025)), .bodyTooLarge),
        ])
    func endpoint(row: HostileRequest) throws { try Scene.of().check(row, next: Self.track) }
}
