internal import EdgeCore

/// One token bucket for each project, as Plunk limits POST /v1/track.
struct ProjectBuckets: Sendable {
    /// How a request fared, with the figures that its answer carries.
    struct Verdict: Hashable, Sendable {
        var limit: RateLimit
        var decision: RateLimitDecision

        var retryAfter: Int? { decision.retryAfter }

        /// The header fields of the answer, whether it may pass or not.
        var fields: [(name: String, value: String)] {
            var fields = [
                (name: "RateLimit-Limit", value: String(limit.burst)),
                (name: "RateLimit-Remaining", value: String(decision.remaining)),
                (name: "RateLimit-Reset", value: String(decision.reset)),
            ]
            if let retryAfter { fields.append(("Retry-After", String(retryAfter))) }
            return fields
        }
    }

    private var buckets: BoundedTable<String, TokenBucket>

    init(capacity: Int) { buckets = BoundedTable(capacity: capacity) }

    /// Takes a token of a project's bucket.
    mutating func take(from project: String, limit: RateLimit, now: Instant) -> Verdict {
        let decision = buckets.update(project, default: TokenBucket(fullAt: now)) { $0.take(limit: limit, now: now) }
        return Verdict(limit: limit, decision: decision)
    }

    /// The verdict of a bucket that is always empty.
    static func empty(_ limit: RateLimit) -> Verdict {
        let seconds = Int((Double(limit.burst) / limit.perSecond).rounded(.up))
        return Verdict(limit: limit, decision: RateLimitDecision(remaining: 0, reset: seconds, retryAfter: 1))
    }
}
