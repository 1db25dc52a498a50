import EdgeCore
import Testing

@Suite struct TokenBucketTests {
    /// Requests of one client in order, each with what it is told.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var limit: RateLimit
        /// Milliseconds, remaining, reset, retryAfter.
        var requests: [(Int64, Int, Int, Int?)]

        init(_ description: String, _ perSecond: Double, burst: Int, _ requests: [(Int64, Int, Int, Int?)]) {
            testDescription = description
            limit = RateLimit(perSecond: perSecond, burst: burst)
            self.requests = requests
        }
    }

    static let cases = [
        Case(
            "a full bucket gives its burst at once", 1, burst: 3,
            [(0, 2, 1, nil), (0, 1, 2, nil), (0, 0, 3, nil), (0, 0, 3, 1)]),
        Case(
            "a token comes back after its interval and not before", 2, burst: 1,
            [
                (0, 0, 1, nil), (499, 0, 1, 1), (500, 0, 1, nil), (999, 0, 1, 1), (1000, 0, 1, nil),
            ]),
        Case(
            "a refusal costs nothing", 1, burst: 1,
            [
                (0, 0, 1, nil), (100, 0, 1, 1), (200, 0, 1, 1), (300, 0, 1, 1), (1000, 0, 1, nil),
            ]),
        Case(
            "tokens beyond the burst are not saved up", 10, burst: 2,
            [
                (0, 1, 1, nil), (3_600_000, 1, 1, nil), (3_600_000, 0, 1, nil), (3_600_000, 0, 1, 1),
            ]),
        Case(
            "six a minute is one in ten seconds", 0.1, burst: 1,
            [
                (0, 0, 10, nil), (1, 0, 10, 10), (9_000, 0, 1, 1), (9_999, 0, 1, 1), (10_000, 0, 10, nil),
            ]),
        Case(
            "a partly filled bucket counts whole tokens only", 1, burst: 3,
            [
                (0, 2, 1, nil), (0, 1, 2, nil), (0, 0, 3, nil), (1_500, 0, 3, nil), (1_999, 0, 3, 1),
                (2_000, 0, 3, nil),
            ]),
        Case(
            "a clock that is behind is no refusal beyond the burst", 1, burst: 2,
            [(10_000, 1, 1, nil), (0, 0, 2, 1), (1_000, 0, 2, nil)]),
        Case("no tokens at all", 5, burst: 0, [(0, 0, 0, 1), (60_000, 0, 0, 1)]),
        Case("a negative burst is none", 5, burst: -3, [(0, 0, 0, 1)]),
        Case(
            "an endless rate is one token a nanosecond", .infinity, burst: 1,
            [(0, 0, 1, nil), (0, 0, 1, 1), (1, 0, 1, nil)]),
        Case(
            "a rate of none gives the burst and no more", 0, burst: 1,
            [(0, 0, 9_007_200, nil), (1_000, 0, 9_007_199, 9_007_199)]),
        Case(
            "a rate that is no number is a rate of none", .nan, burst: 1,
            [(0, 0, 9_007_200, nil), (0, 0, 9_007_200, 9_007_200)]),
        Case(
            "a negative rate is a rate of none", -1, burst: 1, [(0, 0, 9_007_200, nil), (0, 0, 9_007_200, 9_007_200)]),
        Case(
            "a burst too large to count in nanoseconds is bounded", 0.000_001, burst: .max, [(0, 4_610, 1_000_000, nil)]
        ),
    ]

    @Test("decisions", arguments: cases)
    func decisions(_ example: Case) {
        var bucket = TokenBucket(fullAt: Instant(nanoseconds: 0))
        for (step, (time, remaining, reset, retryAfter)) in example.requests.enumerated() {
            let decision = bucket.take(limit: example.limit, now: Instant(nanoseconds: time * 1_000_000))
            #expect(
                decision == RateLimitDecision(remaining: remaining, reset: reset, retryAfter: retryAfter),
                "request \(step + 1)")
        }
    }

    @Test(
        "however requests come, no more than the burst and what the rate gives back pass",
        arguments: 0..<20 as Range<UInt64>)
    func neverMoreThanTheRate(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let limit = RateLimit(
            perSecond: .random(in: 0.05...500, using: &generator), burst: .random(in: 1...50, using: &generator))
        var bucket = TokenBucket(fullAt: Instant(nanoseconds: 0))
        var now: Int64 = 0
        var allowed = 0
        for _ in 0..<2_000 {
            now += .random(in: 0...Int64(2e9 / limit.perSecond), using: &generator)
            if bucket.take(limit: limit, now: Instant(nanoseconds: now)).isAllowed { allowed += 1 }
            #expect(Double(allowed) <= Double(limit.burst) + Double(now) / 1e9 * limit.perSecond)
        }
        // Twice the intervals went by on average, so hardly a request had to be refused.
        #expect(allowed > 1_000)
    }

    @Test("whoever comes back after Retry-After passes", arguments: [0.07, 0.5, 1, 3, 19.9, 1_000_000])
    func retryAfterIsEnough(perSecond: Double) throws {
        let limit = RateLimit(perSecond: perSecond, burst: 2)
        var bucket = TokenBucket(fullAt: Instant(nanoseconds: 17))
        var now = Instant(nanoseconds: 17)
        for _ in 0..<100 {
            while bucket.take(limit: limit, now: now).isAllowed {}
            let decision = bucket.take(limit: limit, now: now)
            now = now.advanced(by: .seconds(Int64(try #require(decision.retryAfter))))
            #expect(bucket.take(limit: limit, now: now).isAllowed)
        }
    }

    @Test("a client that was refused for months by a slow rate is free after the new limit's own time")
    func limitChanges() {
        var bucket = TokenBucket(fullAt: Instant(nanoseconds: 0))
        let slow = RateLimit(perSecond: 0.000_001, burst: 5)
        while bucket.take(limit: slow, now: Instant(nanoseconds: 0)).isAllowed {}
        let fast = RateLimit(perSecond: 1, burst: 5)
        #expect(bucket.take(limit: fast, now: Instant(nanoseconds: 0)).retryAfter == 1)
        #expect(bucket.take(limit: fast, now: Instant(nanoseconds: 1_000_000_000)).isAllowed)
    }

    @Test("no instant is out of bounds", arguments: [Int64.min, -1, 0, .max - 1, .max])
    func extremeInstants(nanoseconds: Int64) {
        for start in [Int64.min, 0, .max] {
            var bucket = TokenBucket(fullAt: Instant(nanoseconds: start))
            for limit in [RateLimit(perSecond: 1, burst: 1), RateLimit(perSecond: 0, burst: .max)] {
                let decision = bucket.take(limit: limit, now: Instant(nanoseconds: nanoseconds))
                #expect((0...limit.burst).contains(decision.remaining))
                #expect(decision.reset >= 0)
            }
        }
    }
}
