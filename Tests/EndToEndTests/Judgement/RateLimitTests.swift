import EdgeTestSupport
import Testing

/// Limits per client and per key. Rates are so slow that no token comes back while a test runs.
@Suite(
    .serialized,
    .edge([
        "limits": ["perClient": ["rate": "1/m", "burst": 5], "perKey": ["rate": "1/m", "burst": 8]],
        "trustedProxies": ["loopback"],
    ]))
struct RateLimitTests {
    private static let limited = Refusal(
        status: 429, code: "RATE_LIMIT_EXCEEDED", reason: "rate_limited", outcome: "limited")

    private static func from(_ address: String, key: String) -> ClientRequest {
        .track().replacing("Authorization: Bearer \(key)").adding("X-Forwarded-For: \(address)")
    }

    @Test("A client has its burst and no more, and is told when to come again; another client has its own")
    func perClient() throws {
        let scene = try Scene.of()
        for number in 0..<5 {
            #expect(try scene.exchange(Self.from("192.0.2.1", key: "pk_client\(number)")).status == 200)
        }
        let before = scene.upstream.requests.count
        let response = try scene.exchange(Self.from("192.0.2.1", key: "pk_client9"))
        try scene.expect(Self.limited, response)
        #expect(scene.upstream.requests.count == before)
        let wait = try #require(response["retry-after"].flatMap { Double($0) })
        #expect((1...60).contains(wait))
        #expect(try response.json()["error"]?["details"] == ["retryAfter": .number(wait)])
        #expect(response["ratelimit-limit"] == "5")
        #expect(response["ratelimit-remaining"] == "0")
        #expect(response["ratelimit-reset"].flatMap { Int($0) } ?? 0 > 0)
        #expect(try scene.exchange(Self.from("192.0.2.2", key: "pk_client9")).status == 200)
    }

    @Test("A /64 of IPv6 is one client")
    func perNetwork() throws {
        let scene = try Scene.of()
        for number in 0..<5 {
            #expect(try scene.exchange(Self.from("2001:db8::\(number + 1)", key: "pk_net\(number)")).status == 200)
        }
        try scene.expect(Self.limited, try scene.exchange(Self.from("2001:db8::ffff:1", key: "pk_net9")))
        #expect(try scene.exchange(Self.from("2001:db8:0:1::1", key: "pk_net9")).status == 200)
    }

    @Test("A key has its burst over all clients")
    func perKey() throws {
        let scene = try Scene.of()
        for number in 0..<8 {
            #expect(try scene.exchange(Self.from("198.51.100.\(number)", key: "pk_shared")).status == 200)
        }
        try scene.expect(Self.limited, try scene.exchange(Self.from("198.51.100.99", key: "pk_shared")))
        #expect(try scene.exchange(Self.from("198.51.100.99", key: "pk_another")).status == 200)
    }

    @Test("A refused request costs nothing of the limit", arguments: [0])
    func refusalsAreFree(_: Int) throws {
        let scene = try Scene.of()
        for _ in 0..<20 {
            let request = Self.from("203.0.113.1", key: "x")
            try scene.expect(.unknownKey, try scene.exchange(request))
        }
        #expect(try scene.exchange(Self.from("203.0.113.1", key: "pk_free")).status == 200)
    }
}
