import Testing

@testable import EdgeCore

@Suite struct RateLimitRuleTests {
    private static let limited = limited(by: "perClient")

    private static func limited(by setting: String) -> Ruling {
        .refused(
            429, .rateLimitExceeded, .rateLimited, "Rate limit exceeded",
            "Wait a moment, or raise \"limits.\(setting)\" in the edge's configuration.")
    }

    private static let other = IPAddress(v4: 0xC000_0202)

    private let limiter = RateLimiter(capacity: 64, shardCount: 1)

    private func ruling(_ request: TestRequest, by policy: Policy, seconds: Double = 0) throws -> Ruling {
        try request.judged(by: policy, limiter: limiter, now: Instant(nanoseconds: Int64(seconds * 1e9))).ruling
    }

    @Test("Each client has its own bucket, which fills again")
    func perClient() throws {
        let policy = Policy.with { $0.perClient = RateLimit(perSecond: 1, burst: 2) }
        #expect(try ruling(TestRequest(), by: policy) == .passes)
        #expect(try ruling(TestRequest(), by: policy) == .passes)
        #expect(try ruling(TestRequest(), by: policy) == Self.limited)
        #expect(try ruling(TestRequest(peer: Self.other), by: policy) == .passes)
        #expect(try ruling(TestRequest(), by: policy, seconds: 0.9) == Self.limited)
        #expect(try ruling(TestRequest(), by: policy, seconds: 1) == .passes)
        #expect(try ruling(TestRequest(), by: policy, seconds: 1) == Self.limited)
    }

    @Test("Clients behind a trusted proxy are told apart, a local socket's peers are not")
    func proxies() throws {
        let policy = Policy.with { $0.perClient = RateLimit(perSecond: 1, burst: 1) }
        func proxied(_ client: String) -> TestRequest {
            TestRequest(fields: ["X-Forwarded-For: \(client)"], peer: .v4Loopback)
        }
        #expect(try ruling(proxied("192.0.2.1"), by: policy) == .passes)
        #expect(try ruling(proxied("192.0.2.2"), by: policy) == .passes)
        #expect(try ruling(proxied("192.0.2.2"), by: policy) == Self.limited)
        #expect(try ruling(proxied("2001:db8::1"), by: policy) == .passes)
        #expect(try ruling(proxied("2001:db8::2"), by: policy) == Self.limited)
        #expect(try ruling(TestRequest(peer: nil), by: policy) == .passes)
        #expect(try ruling(TestRequest(peer: nil), by: policy) == Self.limited)
    }

    @Test("No limit, no bucket")
    func off() throws {
        let policy = Policy.with { $0.perClient = nil }
        for _ in 0..<500 { #expect(try ruling(TestRequest(), by: policy) == .passes) }
        #expect(limiter.count == 0)
    }

    @Test("A key's bucket is shared by all clients that show it")
    func perKey() throws {
        let policy = Policy.with {
            $0.perClient = nil
            $0.perKey = RateLimit(perSecond: 1, burst: 1)
        }
        #expect(try ruling(TestRequest(), by: policy) == .passes)
        #expect(try ruling(TestRequest(peer: Self.other), by: policy) == Self.limited(by: "perKey"))
        #expect(try ruling(TestRequest(authorization: ["Bearer pk_other"]), by: policy) == .passes)
    }

    @Test("All that an entry accepts shares the entry's bucket, the key that stands in for none included")
    func perEntry() throws {
        let entry = KeyTable.Entry("web", accepts: ["pk_new", "pk_old", "web"], sends: "pk_new", whenMissing: true)
        let plain = KeyTable.Entry("plain", accepts: ["pk_plain"])
        let policy = Policy.with(keys: [entry, plain]) {
            $0.perClient = nil
            $0.perKey = RateLimit(perSecond: 1, burst: 4)
        }
        for key in ["pk_new", "pk_old", "web"] {
            #expect(try ruling(TestRequest(authorization: ["Bearer \(key)"]), by: policy) == .passes)
        }
        #expect(try ruling(TestRequest(authorization: []), by: policy) == .passes)
        for key in ["pk_new", "pk_old", "web"] {
            #expect(try ruling(TestRequest(authorization: ["Bearer \(key)"]), by: policy) == Self.limited(by: "perKey"))
        }
        #expect(try ruling(TestRequest(authorization: []), by: policy) == Self.limited(by: "perKey"))
        #expect(try ruling(TestRequest(authorization: ["Bearer pk_plain"]), by: policy) == .passes)
    }

    @Test("A refused request says when the next may come, and which limit it hit")
    func figures() throws {
        let policy = Policy.with { $0.perClient = RateLimit(perSecond: 0.1, burst: 1) }
        #expect(try ruling(TestRequest(), by: policy) == .passes)
        var judgement = try TestRequest().judged(by: policy, limiter: limiter).judgement
        guard case .refuse(let refusal) = RateLimitRule.check(&judgement) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.retryAfter == 10)
        #expect(refusal.limit?.limit == RateLimit(perSecond: 0.1, burst: 1))
        #expect(refusal.limit?.decision == RateLimitDecision(remaining: 0, reset: 10, retryAfter: 10))
        #expect(refusal.outcome == .limited)
        #expect(!refusal.closesConnection)
    }

    @Test("Requests that an earlier check refuses take no token")
    func order() throws {
        let policy = Policy.with { $0.perClient = RateLimit(perSecond: 1, burst: 1) }
        for _ in 0..<3 { #expect(try ruling(TestRequest(method: "GET"), by: policy) == EndpointRuleTests.wrong) }
        #expect(try ruling(TestRequest(), by: policy) == .passes)
    }
}
