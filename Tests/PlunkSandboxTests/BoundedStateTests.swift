import EdgeCore
import Testing

@testable import PlunkSandbox

@Suite struct BoundedStateTests {
    @Test("An Idempotency-Key is free again after 24 hours, not before")
    func lifetime() {
        var claims = IdempotencyClaims(capacity: 8)
        let key = IdempotencyClaims.Key(project: "pk_a", key: "k")
        let start = Instant(nanoseconds: 5)
        let day = Instant.Span.seconds(24 * 60 * 60)
        #expect(claims.claim(key, now: start) == .claimed)
        claims.settle(key, status: 200)
        let end = start.advanced(by: day)
        #expect(claims.claim(key, now: Instant(nanoseconds: end.nanoseconds - 1)) == .reused(status: 200))
        #expect(claims.claim(key, now: end) == .claimed)
        #expect(claims.claim(key, now: end) == .reused(status: nil))
    }

    @Test(
        "An Idempotency-Key is 1 to 255 printable ASCII characters",
        arguments: [
            ("", false), (" ", true), ("a~", true), ("a\t", false), ("é", false), ("\u{7F}", false),
            (String(repeating: "k", count: 255), true), (String(repeating: "k", count: 256), false),
        ])
    func keys(key: String, isValid: Bool) { #expect(IdempotencyClaims.isValid(key) == isValid) }

    @Test("A bucket fills at its rate, up to its burst")
    func bucket() {
        var buckets = ProjectBuckets(capacity: 8)
        let limit = RateLimit(perSecond: 2, burst: 3)
        let take = { (seconds: Double) in
            buckets.take(from: "pk_a", limit: limit, now: Instant(nanoseconds: Int64(seconds * 1e9)))
        }
        #expect((0..<3).map { _ in take(0).decision.remaining } == [2, 1, 0])
        let empty = take(0)
        #expect(empty.retryAfter == 1)
        #expect(empty.decision.reset == 2)
        #expect(take(0.5).retryAfter == nil)
        #expect(take(0.5).retryAfter == 1)
        #expect(take(100).decision.remaining == 2)
    }

    @Test(
        "The first word of a key chooses the project's behaviour",
        arguments: [
            ("pk_test", nil), ("pk_disabled", .disabled), ("pk_limited_2", .limited), ("pk_unknownX", .unknown),
            ("pk_broken", .broken), ("pk_slow-1", .slow), ("pk_Slow", nil), ("pk_xslow", nil),
        ] as [(String, SandboxProject.Behaviour?)])
    func behaviour(key: String, behaviour: SandboxProject.Behaviour?) throws {
        #expect(try #require(SandboxProject(key: key)).behaviour == behaviour)
    }

    @Test("What looks like no public key is none", arguments: ["", "pk_", "sk_a", "PK_a", "pk_a b", "pk_é", "pk_\n"])
    func noProject(key: String) { #expect(SandboxProject(key: key) == nil) }
}
