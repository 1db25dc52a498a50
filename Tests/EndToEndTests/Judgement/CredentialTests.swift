import EdgeTestSupport
import Foundation
import Testing

/// Keys in every form and place: only one public key in one Authorization line passes, and a secret key passes nowhere.
@Suite(.serialized, .edge()) struct CredentialTests {
    private static let track = ClientRequest.track()
    private static let anonymous = track.without("Authorization")
    private static let secret = Planted.secret
    private static let key = Planted.publicKey
    private static let twoLines = Refusal(status: 400, code: "BAD_REQUEST", reason: "malformed_auth")

    private static func authorization(_ value: String) -> ClientRequest {
        anonymous.adding("Authorization: \(value)")
    }

    static let absentOrMalformed: [HostileRequest] = [
        .init("no Authorization", anonymous, .missingAuth),
        .init("an empty value", authorization(""), .missingAuth),
        .init("spaces and tabs only", authorization(" \t "), .missingAuth),
        .init("Bearer alone", authorization("Bearer"), .malformedAuth),
        .init("Bearer and a space", authorization("Bearer "), .malformedAuth),
        .init("two spaces", authorization("Bearer  \(key)"), .malformedAuth),
        .init("a tab", authorization("Bearer\t\(key)"), .malformedAuth),
        .init("a no-break space", authorization("Bearer\u{A0}\(key)"), .malformedAuth),
        .init("an encoded space", authorization("Bearer%20\(key)"), .malformedAuth),
        .init("bearer", authorization("bearer \(key)"), .malformedAuth),
        .init("BEARER", authorization("BEARER \(key)"), .malformedAuth),
        .init("Token", authorization("Token \(key)"), .malformedAuth),
        .init("Basic", authorization("Basic \(base64("\(key):"))"), .malformedAuth),
        .init("the key alone", authorization(key), .malformedAuth),
        .init("two credentials", authorization("Bearer \(key), Bearer \(key)"), .malformedAuth),
        .init("a third word", authorization("Bearer \(key) x"), .malformedAuth),
        .init("two lines, the same", track.adding("Authorization: Bearer \(key)"), twoLines),
        .init("two lines, another", track.adding("Authorization: Bearer pk_other"), twoLines),
        .init("two lines, the first empty", authorization("").adding("Authorization: Bearer \(key)"), twoLines),
        .init("two lines, in other letters", track.adding("AUTHORIZATION: Bearer \(key)"), twoLines),
        .init("a folded line", authorization("Bearer\r\n \(key)"), .badRequest),
        .init("folded with a tab", authorization("Bearer \(key)\r\n\tx"), .badRequest),
        .init("a space after the name", anonymous.adding("Authorization : Bearer \(key)"), .badRequest),
        .init("in a trailer only", chunked(trailer: "Authorization: Bearer \(key)", of: anonymous), .missingAuth),
        .init("X-Api-Key", anonymous.adding("X-Api-Key: \(key)"), .missingAuth),
        .init("in a cookie", anonymous.adding("Cookie: key=\(key)"), .missingAuth),
        .init("in the query", with(anonymous, target: "/v1/track?key=\(key)"), .missingAuth),
        .init("Proxy-Authorization", anonymous.adding("Proxy-Authorization: Bearer \(key)"), .missingAuth),
    ]

    static let unknown: [HostileRequest] = [
        "PK_a1b2c3", "pk-a1b2c3", "pk_", "pka1b2c3", "xpk_a1b2c3", "Bearer", "pk_a.b", "pk_a/b", "pk_a%0d%0aX-Y:z",
        "pk_a%00", "pk_a\\r\\nX-Y:z", "pk_a'--", "pk_\(String(repeating: "a", count: 10_000))", "undefined", "null",
        "[object", "pk_a\"b", "pk_a;b", "pk_a=",
    ].map { .init("the key \($0.prefix(30))", authorization("Bearer \($0)"), .unknownKey) }

    /// What looks like `pk_` to a person or to a comparison by canonical equivalence, but not byte for byte.
    static let lookAlikes: [HostileRequest] = [
        ("Cyrillic", "\u{440}k_a1b2c3"), ("full-width", "\u{FF50}\u{FF4B}\u{FF3F}a1b2c3"),
        ("a combining mark", "pk_a1b2c3\u{301}"), ("a zero-width space", "pk_\u{200B}a1b2c3"),
        ("a byte-order mark", "\u{FEFF}pk_a1b2c3"), ("a soft hyphen", "p\u{AD}k_a1b2c3"),
    ].map { .init("a look-alike with \($0.0)", authorization("Bearer \($0.1)"), .malformedAuth) }

    static let secrets: [HostileRequest] = [
        .init("as the token", authorization("Bearer \(secret)"), .secretKey),
        .init("without Bearer", authorization(secret), .secretKey),
        .init("with bearer", authorization("bearer \(secret)"), .secretKey),
        .init("with two spaces", authorization("Bearer  \(secret)"), .secretKey),
        .init("in upper case", authorization("Bearer \(secret.uppercased())"), .secretKey),
        .init("with Basic, as the user", authorization("Basic \(base64("\(secret):"))"), .secretKey),
        .init("with Basic, as the password", authorization("Basic \(base64("api:\(secret)"))"), .secretKey),
        .init("with Token", authorization("Token \(secret)"), .secretKey),
        .init("behind a public key", authorization("Bearer \(key), Bearer \(secret)"), .secretKey),
        .init("before a public key", authorization("Bearer \(secret), Bearer \(key)"), .secretKey),
        .init("in a second line", track.adding("Authorization: Bearer \(secret)"), .secretKey),
        .init("in a first line", authorization("Bearer \(secret)").adding("Authorization: Bearer \(key)"), .secretKey),
        .init("percent-encoded", authorization("Bearer sk%5F\(secret.dropFirst(3))"), .secretKey),
        .init("percent-encoded in part", authorization("Bearer %73k_\(secret.dropFirst(3))"), .secretKey),
        .init("in X-Api-Key", track.adding("X-Api-Key: \(secret)"), .secretKey),
        .init("in X-Api-Key alone", anonymous.adding("X-Api-Key: \(secret)"), .secretKey),
        .init("in a cookie", track.adding("Cookie: a=b; key=\(secret); c=d"), .secretKey),
        .init("in a second cookie line", track.adding("Cookie: a=b").adding("Cookie: \(secret)"), .secretKey),
        .init("in the query", with(track, target: "/v1/track?key=\(secret)"), .secretKey),
        .init("in the query, encoded", with(track, target: "/v1/track?k=sk%5F\(secret.dropFirst(3))"), .secretKey),
        .init(
            "in the query, encoded twice", with(track, target: "/v1/track?k=sk%255F\(secret.dropFirst(3))"), .secretKey),
        .init("in the path", with(track, target: "/v1/track/\(secret)"), .secretKey),
        .init("in User-Agent", track.adding("User-Agent: plunk/1.0 (\(secret))"), .secretKey),
        .init("in Idempotency-Key", track.adding("Idempotency-Key: \(secret)"), .secretKey),
        .init("in Referer", track.adding("Referer: https://app.test/?key=\(secret)"), .secretKey),
        .init("in an unknown field", track.adding("X-Plunk-Key: \(secret)"), .secretKey),
        .init("in Origin", track.adding("Origin: https://\(secret).test"), .secretKey),
        .init("on another endpoint", with(authorization("Bearer \(secret)"), target: "/v1/send"), .secretKey),
        .init("in data", track.body(#"{"event":"a","email":"a@example.com","data":{"key":"\#(secret)"}}"#), .secretKey),
        .init("as the event", track.body(#"{"event":"\#(secret)","email":"a@example.com"}"#), .secretKey),
        .init("as a member's name", track.body(#"{"event":"a","email":"a@example.com","\#(secret)":1}"#), .secretKey),
        .init(
            "in a member that is stripped", track.body(#"{"event":"a","email":"a@b.co","key":"\#(secret)"}"#),
            .secretKey),
        .init(
            "in data, escaped",
            track.body(#"{"event":"a","email":"a@b.co","data":"\u0073k\u005f\#(secret.dropFirst(3))"}"#),
            .secretKey),
        .init("in a body that is no JSON", track.body("key=\(secret)"), .secretKey),
        .init("in a chunked body, across chunks", chunked(secret: secret), .secretKey),
    ]

    /// None of these may change anything, and none goes upstream.
    static let harmless: [HostileRequest] = [
        "Connection: authorization", "Connection: keep-alive, Content-Length, Host", "X-HTTP-Method-Override: GET",
        "X-Method-Override: DELETE", "X-Original-URL: /v1/send", "X-Rewrite-URL: /v1/send",
        "x-amz-sns-message-type: Notification", "X-Project-Id: 1", "Cookie: next_token=abc", "Proxy-Connection: close",
        "TE: trailers", "Via: 1.1 a", "Forwarded: for=192.0.2.1", "Authorization-Info: x", "X-Authorization: Bearer x",
        "Max-Forwards: 0", "Range: bytes=0-0", "If-None-Match: *", "Accept: text/html", "Accept-Encoding: gzip",
        "Accept-Language: sk_SK", "Keep-Alive: timeout=1", "Trailer: Authorization",
    ].map { .init($0, track.adding($0), nil) }

    @Test("A request without one well-formed Authorization is refused", arguments: absentOrMalformed)
    func noCredential(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("What is no public key byte for byte is none", arguments: unknown + lookAlikes)
    func unknownKey(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A secret key is found wherever it hides", arguments: secrets)
    func secretKey(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("Header fields that rule other servers change nothing here", arguments: harmless)
    func harmlessField(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("The key that was shown is the one that goes upstream, whatever spaces stand around it")
    func forwardedKey() throws {
        let scene = try Scene.of()
        for value in ["Bearer \(Self.key)", "  Bearer \(Self.key)\t "] {
            let before = scene.upstream.requests.count
            let response = try scene.exchange(Self.authorization(value))
            let request = try scene.expectForwarded(response, since: before)
            #expect(request["authorization"] == "Bearer \(Self.key)")
            let record = try scene.edge.record(of: response["x-request-id"])
            #expect(record["key"]?["type"] == "public")
            #expect(record["key"]?["last4"]?.string == String(Self.key.suffix(4)))
            #expect(record["key"]?["id"]?.string?.wholeMatch(of: /[0-9a-f]{8}/) != nil)
        }
    }

    @Test("A secret key in a trailer never reaches Plunk")
    func secretInTrailer() throws {
        let scene = try Scene.of()
        let response = try scene.exchange(Self.chunked(trailer: "Authorization: Bearer \(Self.secret)", of: Self.track))
        // The trailer is dropped unread; that nothing of it went on is for the suite's invariants to see.
        #expect([200, 401].contains(response.status))
    }

    private static func with(_ request: ClientRequest, target: String) -> ClientRequest {
        var request = request
        request.line = "POST \(target) HTTP/1.1"
        return request
    }

    private static func chunked(trailer: String, of request: ClientRequest) -> ClientRequest {
        let body = String(decoding: request.body, as: UTF8.self)
        return request.adding("Transfer-Encoding: chunked").unframed()
            .body("\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\(trailer)\r\n\r\n")
    }

    private static func chunked(secret: String) -> ClientRequest {
        let body = #"{"event":"a","email":"a@example.com","data":"\#(secret)"}"#
        return track.adding("Transfer-Encoding: chunked").unframed()
            .body(body.map { "1\r\n\($0)\r\n" }.joined() + "0\r\n\r\n")
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
