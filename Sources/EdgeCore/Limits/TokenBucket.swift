/// A token bucket: it starts full, every request takes one token, tokens come back at a steady rate.
///
/// Its whole state is one instant, so it costs 8 bytes and no rounding error builds up. (Known as the generic cell rate
/// algorithm, ITU-T I.371, which calls the instant the theoretical arrival time.)
package struct TokenBucket: Hashable, Sendable {
    /// When the bucket will be full again; now or earlier if it is full.
    private var fullAt: Instant

    /// A bucket that is full at `now`.
    package init(fullAt now: Instant) { fullAt = now }

    /// Takes a token if there is one. A `limit` other than the last call's counts from this call on.
    package mutating func take(limit: RateLimit, now: Instant) -> RateLimitDecision {
        let interval = limit.nanosecondsPerToken
        let whenEmpty = limit.nanosecondsToFill
        // Bounded because a limit that was slower, or a clock that is behind, may have put `fullAt` too far away.
        let missing = min(fullAt.nanoseconds(since: now), whenEmpty)
        let missingThen = missing + interval
        guard missingThen <= whenEmpty else {
            fullAt = now.advanced(by: .nanoseconds(missing))
            return RateLimitDecision(
                remaining: 0, reset: Self.seconds(missing), retryAfter: Self.seconds(missingThen - whenEmpty))
        }
        fullAt = now.advanced(by: .nanoseconds(missingThen))
        return RateLimitDecision(
            remaining: Int((whenEmpty - missingThen) / interval), reset: Self.seconds(missingThen), retryAfter: nil)
    }

    /// Rounded up: who comes back after that many seconds does not come too early.
    private static func seconds(_ nanoseconds: Int64) -> Int { Int((nanoseconds + 999_999_999) / 1_000_000_000) }
}

/// What a limit says of one request. Spans are whole seconds, rounded up, as header fields carry them.
package struct RateLimitDecision: Hashable, Sendable {
    /// How many more requests may come at once (`RateLimit-Remaining`).
    package var remaining: Int
    /// Seconds until the bucket is full again (`RateLimit-Reset`).
    package var reset: Int
    /// Seconds until the next request may come (`Retry-After`), at least 1; nil if this one may pass.
    package var retryAfter: Int?

    package init(remaining: Int, reset: Int, retryAfter: Int?) {
        (self.remaining, self.reset, self.retryAfter) = (remaining, reset, retryAfter)
    }

    package var isAllowed: Bool { retryAfter == nil }
}

extension RateLimit {
    /// About 104 days: the slowest rate there is, also for rates that are none.
    private static let longestInterval = 0x1p53

    /// Rounded up, so that no more than the rate passes; at least 1.
    fileprivate var nanosecondsPerToken: Int64 {
        guard perSecond > 0 else { return Int64(Self.longestInterval) }
        return max(1, Int64(min((1e9 / perSecond).rounded(.up), Self.longestInterval)))
    }

    /// How long an empty bucket takes to fill; at most 146 years, which leaves room for sums.
    fileprivate var nanosecondsToFill: Int64 {
        let (product, overflow) = nanosecondsPerToken.multipliedReportingOverflow(by: Int64(max(0, burst)))
        return overflow ? .max / 2 : min(product, .max / 2)
    }
}
