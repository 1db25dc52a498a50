import Testing

@testable import EdgeCore

@Suite struct RulebookTests {
    /// One way to fail each check, laid over a request that may fail others already.
    private struct Fault: Sendable {
        var reason: Reason
        var apply: @Sendable (inout TestRequest) -> Void
    }

    /// In the order in which checks answer (interface table).
    private static let faults: [Fault] = [
        Fault(reason: .secretKey) { $0.fields.append("Cookie: key=sk_0123456789abcdef") },
        Fault(reason: .malformedAuth) { $0.authorization = $0.authorization.map { "Token \($0)" } },
        Fault(reason: .unknownKey) { $0.authorization = $0.authorization.map { _ in "Bearer pk_unlisted" } },
        Fault(reason: .wrongEndpoint) { $0.target = "/v1/send" },
        Fault(reason: .originDenied) { $0.fields.append("Origin: https://evil.example") },
        Fault(reason: .rateLimited) { $0.peer = exhausted },
        Fault(reason: .contentType) { $0.contentType = ["text/html"] },
        Fault(reason: .badRequest) { $0.fields.append("Idempotency-Key:") },
        Fault(reason: .bodyTooLarge) { $0.contentLength = 1_000 },
        Fault(reason: .secretKey) { $0.body.append(#" "sk_0123456789abcdef""#) },
        Fault(reason: .invalidJSON) { $0.body.append("}") },
        Fault(reason: .reservedEvent) {
            $0.body = $0.body.replacing("signup", with: "email.sent").replacing("other", with: "email.sent")
        },
        Fault(reason: .fieldDenied) { $0.body = $0.body.replacing("\"email\"", with: "\"name\":1,\"email\"") },
        Fault(reason: .eventDenied) { $0.body = $0.body.replacing("signup", with: "other") },
    ]

    private static let exhausted = IPAddress(v4: 0xC633_6407)

    private static let policy = Policy.with(keys: [.init("web", accepts: [TestRequest.key])]) {
        $0.events = [EventPattern("signup"), EventPattern("email.*")]
        $0.body.unknownFields = .reject
        $0.body.maximumSize = 200
        $0.perClient = RateLimit(perSecond: 0.001, burst: 1)
    }

    private func judge(_ faults: some Sequence<Fault>) throws -> Ruling {
        var request = TestRequest()
        // Earlier checks last: they have the last word where two faults change the same place.
        for fault in Array(faults).reversed() { fault.apply(&request) }
        let limiter = RateLimiter(capacity: 8, shardCount: 1)
        let limit = RateLimit(perSecond: 0.001, burst: 1)
        _ = limiter.take(.client(Self.exhausted), limit: limit, now: Instant(nanoseconds: 0))
        return try request.judged(by: Self.policy, limiter: limiter).ruling
    }

    @Test("Each fault alone is answered by its check")
    func alone() throws {
        #expect(try judge([]) == .passes)
        for fault in Self.faults { #expect(try judge([fault]).reason == fault.reason) }
    }

    @Test("Of two faults the earlier check answers")
    func pairs() throws {
        for (index, first) in Self.faults.enumerated() {
            for second in Self.faults[(index + 1)...] {
                #expect(try judge([first, second]).reason == first.reason, "\(first.reason) before \(second.reason)")
            }
        }
    }

    @Test("Of all faults from one check on, the first answers")
    func all() throws {
        for (index, first) in Self.faults.enumerated() {
            #expect(try judge(Self.faults[index...]).reason == first.reason)
        }
    }

    @Test("A preflight is answered before anything else is looked at")
    func preflight() throws {
        var request = TestRequest(
            method: "OPTIONS", fields: ["Origin: https://edge.example", "Access-Control-Request-Method: POST"])
        for fault in Self.faults where fault.reason != .originDenied && fault.reason != .wrongEndpoint {
            fault.apply(&request)
        }
        #expect(try request.judged(by: Self.policy).ruling == .preflight)
    }

    @Test("What the head decides does not wait for the body")
    func atHead() throws {
        for (index, fault) in Self.faults.enumerated() {
            guard case .refused(_, _, _, _, _, _, let atHead) = try judge([fault]) else {
                Issue.record("\(fault.reason) passes")
                continue
            }
            #expect(atHead == (index < 9))
        }
    }
}
