import EdgeTestSupport
import Testing

/// Browsers of allowed and other origins, and clients that are none.
@Suite(
    .serialized,
    .edge([
        "origins": ["same-origin", "https://app.test", "https://*.shop.test", "http://localhost:3000"]
    ]))
struct OriginTests {
    private static let track = ClientRequest.track()

    /// A request with these fields, and what Access-Control-Allow-Origin must say; nil for no such field.
    struct Allowed: CustomTestStringConvertible, Sendable {
        let fields: [String]
        let allowedOrigin: String?
        var testDescription: String { fields.joined(separator: ", ") }
    }

    static let allowed: [Allowed] = [
        Allowed(fields: [], allowedOrigin: nil),
        Allowed(fields: ["Origin: https://edge.test", "Sec-Fetch-Site: same-origin"], allowedOrigin: nil),
        Allowed(fields: ["Origin: https://other.test", "Sec-Fetch-Site: same-origin"], allowedOrigin: nil),
        Allowed(fields: ["Origin: http://edge.test"], allowedOrigin: nil),
        Allowed(fields: ["Origin: https://EDGE.test"], allowedOrigin: nil),
        Allowed(fields: ["Origin: https://app.test"], allowedOrigin: "https://app.test"),
        Allowed(fields: ["Origin: https://app.test", "Sec-Fetch-Site: cross-site"], allowedOrigin: "https://app.test"),
        Allowed(fields: ["Origin: https://a.shop.test"], allowedOrigin: "https://a.shop.test"),
        Allowed(fields: ["Origin: https://a.b.shop.test"], allowedOrigin: "https://a.b.shop.test"),
        Allowed(fields: ["Origin: http://localhost:3000"], allowedOrigin: "http://localhost:3000"),
    ]

    static let denied: [HostileRequest] = [
        ["Origin: https://evil.test"], ["Origin: null"], ["Origin: "], ["Origin: http://app.test"],
        ["Origin: https://app.test:8443"], ["Origin: https://app.test.evil.test"], ["Origin: https://app.test/"],
        ["Origin: https://shop.test"], ["Origin: https://evilshop.test"], ["Origin: https://.shop.test"],
        ["Origin: https://a..shop.test"], ["Origin: https://evil.test?.shop.test"],
        ["Origin: https://evil.test#.shop.test"],
        ["Origin: https://user@a.shop.test"], ["Origin: https://evil.test/.shop.test"],
        ["Origin: http://localhost:3001"],
        ["Origin: http://localhost"], ["Origin: file://"], ["Origin: https://edge.test:8443"],
        ["Origin: https://\u{430}pp.test"], ["Origin: https://edge.test", "Sec-Fetch-Site: cross-site"],
        ["Origin: https://edge.test", "Sec-Fetch-Site: same-site"],
        ["Origin: https://edge.test", "Sec-Fetch-Site: none"],
        ["Origin: https://evil.test", "Sec-Fetch-Site: same-origin, cross-site"],
        ["Origin: https://evil.test", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"],
        ["Origin: https://app.test https://evil.test"], ["Origin: https://app.test, https://evil.test"], ["Origin: *"],
    ].map { fields in
        var request = track
        request.fields += fields
        return HostileRequest(fields.joined(separator: ", "), request, .originDenied)
    }

    @Test("Pages of these origins may call, and pages of another origin may read the answer", arguments: allowed)
    func allowedOrigin(row: Allowed) throws {
        let scene = try Scene.of()
        var request = Self.track
        request.fields += row.fields
        let response = try scene.exchange(request)
        #expect(response.status == 200, "\(response.text)")
        #expect(response["access-control-allow-origin"] == row.allowedOrigin)
        #expect(response["access-control-allow-credentials"] == nil)
        #expect(
            response["access-control-expose-headers"]
                == row.allowedOrigin.map { _ in
                    "X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
                })
        #expect((response["vary"] == "Origin") == (row.allowedOrigin != nil))
    }

    @Test("Pages of any other origin may not", arguments: denied)
    func deniedOrigin(row: HostileRequest) throws {
        try Scene.of().check(row)
        let response = try Scene.of().exchange(row.request)
        #expect(response["access-control-allow-origin"] == nil)
    }

    @Test("A refusal can be read by a page of an allowed origin")
    func readableRefusal() throws {
        let scene = try Scene.of()
        let response = try scene.exchange(Self.track.without("Authorization").adding("Origin: https://app.test"))
        try scene.expect(.missingAuth, response)
        #expect(response["access-control-allow-origin"] == "https://app.test")
    }

    @Test("A preflight of an allowed origin is a 204 that says what may be sent")
    func allowedPreflight() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        try client.send(Self.preflight(origin: "https://app.test").bytes)
        let response = try client.response()
        #expect(response.status == 204)
        try scene.expectOurs(response)
        #expect(response["access-control-allow-origin"] == "https://app.test")
        #expect(response["access-control-allow-methods"] == "POST")
        #expect(
            response["access-control-allow-headers"]
                == "Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent")
        #expect(response["access-control-max-age"] == "7200")
        #expect(response["vary"] == "Origin")
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["outcome"] == "preflight")
        #expect(record["reason"] == "preflight")
        // The page's request comes on the same connection.
        try client.send(Self.track.adding("Origin: https://app.test").bytes)
        #expect(try client.response().status == 200)
    }

    @Test(
        "A preflight from elsewhere, or for another path, is refused",
        arguments: [
            HostileRequest("another origin", preflight(origin: "https://evil.test"), .originDenied),
            HostileRequest("null", preflight(origin: "null"), .originDenied),
            HostileRequest("another path", preflight(origin: "https://app.test", path: "/v1/send"), .originDenied),
            HostileRequest(
                "the path with a slash", preflight(origin: "https://app.test", path: "/v1/track/"), .originDenied),
            HostileRequest(
                "no method asked for", preflight(origin: "https://app.test").without("Access-Control-Request-Method"),
                .missingAuth),
        ])
    func deniedPreflight(row: HostileRequest) throws { try Scene.of().check(row) }

    private static func preflight(origin: String, path: String = "/v1/track") -> ClientRequest {
        ClientRequest(
            line: "OPTIONS \(path) HTTP/1.1",
            fields: [
                "Host: edge.test", "Origin: \(origin)", "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization,content-type",
            ], body: [], isFramed: false)
    }
}

/// Any origin, and one that has to be named.
@Suite(.serialized, .edge(["origins": ["*"], "requireOrigin": true])) struct AnyOriginTests {
    @Test("Any origin means any, `null` too, and says so", arguments: ["https://a.test", "null"])
    func anyOrigin(origin: String) throws {
        let response = try Scene.of().exchange(.track().adding("Origin: \(origin)"))
        #expect(response.status == 200)
        #expect(response["access-control-allow-origin"] == "*")
    }

    @Test("Without an origin there is no way in where one is required")
    func required() throws {
        let scene = try Scene.of()
        try scene.expect(.originDenied, try scene.exchange(.track()))
    }
}

/// `navigator.sendBeacon`: no Authorization, no Content-Type of its own.
@Suite(
    .serialized,
    .edge([
        "keys": [
            ["name": "beacon", "accepts": ["alias-of-old-app"], "sends": "\(Planted.publicKey)", "whenMissing": true]
        ],
        "origins": ["same-origin", "https://app.test"], "requireOrigin": true,
    ]))
struct BeaconTests {
    private static let beacon = ClientRequest.track().without("Authorization")
        .replacing("Content-Type: text/plain;charset=UTF-8").adding("Origin: https://app.test")

    @Test("A beacon's event goes out with the entry's key")
    func withoutAuthorization() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(Self.beacon)
        let request = try scene.expectForwarded(response, since: before)
        #expect(request["authorization"] == "Bearer \(Planted.publicKey)")
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["key"]?["name"] == "beacon")
    }

    @Test("An alias stands for the key that is sent in its place")
    func alias() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(Self.beacon.adding("Authorization: Bearer alias-of-old-app"))
        let request = try scene.expectForwarded(response, since: before)
        #expect(request["authorization"] == "Bearer \(Planted.publicKey)")
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["key"]?["type"] == "alias")
    }

    @Test(
        "The entry stands in for a missing Authorization only",
        arguments: [
            HostileRequest("malformed", beacon.adding("Authorization: Bearer"), .malformedAuth),
            HostileRequest("unknown", beacon.adding("Authorization: Bearer pk_unknown0123"), .unknownKey),
            HostileRequest("the key itself", beacon.adding("Authorization: Bearer \(Planted.publicKey)"), .unknownKey),
            HostileRequest("another origin", beacon.replacing("Origin: https://evil.test"), .originDenied),
            HostileRequest("no origin", beacon.without("Origin"), .originDenied),
            HostileRequest("a secret key elsewhere", beacon.adding("X-Api-Key: \(Planted.secret)"), .secretKey),
        ])
    func onlyMissing(row: HostileRequest) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        try scene.expect(try #require(row.refusal), try scene.exchange(row.request))
        #expect(scene.upstream.requests.count == before)
    }
}
