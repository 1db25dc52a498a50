import EdgeCore
import Testing

@Suite struct RateLimiterTests {
    private let start = Instant(nanoseconds: 0)
    private let one = RateLimit(perSecond: 1, burst: 1)

    private func client(_ text: String) throws -> RateLimiter.Key { .client(try #require(IPAddress(text))) }

    struct Pair: CustomTestStringConvertible, Sendable {
        var first: String
        var second: String
        var share: Bool

        var testDescription: String { "\(first) and \(second)" }
    }

    @Test(
        "who shares a bucket",
        arguments: [
            Pair(first: "192.0.2.1", second: "192.0.2.1", share: true),
            Pair(first: "192.0.2.1", second: "192.0.2.2", share: false),
            Pair(first: "192.0.2.1", second: "::ffff:192.0.2.1", share: true),
            Pair(first: "192.0.2.1", second: "::192.0.2.1", share: false),
            Pair(first: "2001:db8::1", second: "2001:db8::ffff:0:0:2", share: true),
            Pair(first: "2001:db8::1", second: "2001:db8:0:1::1", share: false),
            Pair(first: "0.0.0.0", second: "::", share: false),
        ])
    func addresses(_ pair: Pair) throws {
        let limiter = RateLimiter(capacity: 100)
        #expect(limiter.take(try client(pair.first), limit: one, now: start).isAllowed)
        #expect(limiter.take(try client(pair.second), limit: one, now: start).isAllowed != pair.share)
        #expect(limiter.count == (pair.share ? 1 : 2))
    }

    @Test("every bit of a key's digest counts")
    func digests() {
        let limiter = RateLimiter(capacity: 100)
        for words in [(1, 2, 3, 4), (9, 2, 3, 4), (1, 9, 3, 4), (1, 2, 9, 4), (1, 2, 3, 9)]
            as [(UInt64, UInt64, UInt64, UInt64)]
        {
            #expect(limiter.take(.key(KeyDigest(words)), limit: one, now: start).isAllowed)
            #expect(!limiter.take(.key(KeyDigest(words)), limit: one, now: start).isAllowed)
        }
    }

    @Test("a flood of clients forgets the least recently seen and takes bounded room")
    func flood() throws {
        let limiter = RateLimiter(capacity: 64, shardCount: 1)
        let regular = try client("192.0.2.1")
        let once = try client("192.0.2.2")
        _ = limiter.take(regular, limit: one, now: start)
        _ = limiter.take(once, limit: one, now: start)
        for number in 0..<1_000 as Range<UInt32> {
            let stranger = RateLimiter.Key.client(IPAddress(v4: 0x0A00_0000 + number))
            #expect(limiter.take(stranger, limit: one, now: start).isAllowed)
            #expect(!limiter.take(regular, limit: one, now: start).isAllowed)
        }
        #expect(limiter.take(once, limit: one, now: start).isAllowed)
        #expect(limiter.count == 64)
    }

    @Test("many shards hold no more than the capacity together, and one bucket each at least")
    func shards() {
        for (capacity, most) in [(64, 64), (1, 16), (0, 16), (-1, 16)] {
            let limiter = RateLimiter(capacity: capacity)
            for number in 0..<5_000 as Range<UInt32> {
                _ = limiter.take(.client(IPAddress(v4: number)), limit: one, now: start)
            }
            #expect(limiter.count == most)
        }
    }

    @Test("threads that take at once get the burst and no more between them")
    func threads() async {
        let limiter = RateLimiter(capacity: 100)
        let limit = RateLimit(perSecond: 1, burst: 500)
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<200).count { _ in
                        limiter.take(.client(.v4Loopback), limit: limit, now: Instant(nanoseconds: 0)).isAllowed
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 500)
    }
}
