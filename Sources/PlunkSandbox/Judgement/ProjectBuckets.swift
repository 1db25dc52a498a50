internal import EdgeCore

/// One token bucket for each project, as Plunk limits POST /v1/track.
struct ProjectBuckets: Sendable {
    /// What Plunk allows unless it is told otherwise.
    static let plunkLimit = RateLimit(perSecond: 100, burst: 200)

    /// How a request fared, with the figures that its answer carries.
    struct Verdict: Hashable, Sendable {
        var limit: RateLimit
        /// Whole tokens that are left.
        var remaining: Int
        /// Whole seconds to wait, at least 1; nil for a request that may pass.
        var retryAfter: Int?

        /// Whole seconds until the bucket is full again.
        var reset: Int { ProjectBuckets.seconds(for: Double(limit.burst - remaining), of: limit) }

        /// The header fields of the answer, whether it may pass or not.
        var fields: [(name: String, value: String)] {
            var fields = [
                (name: "RateLimit-Limit", value: String(limit.burst)),
                (name: "RateLimit-Remaining", value: String(remaining)),
                (name: "RateLimit-Reset", value: String(reset)),
            ]
            if let retryAfter { fields.append(("Retry-After", String(retryAfter))) }
            return fields
        }
    }

    private struct Bucket: Sendable {
        var tokens: Double
        var time: Instant
    }

    private var buckets: BoundedTable<String, Bucket>

    init(capacity: Int) { buckets = BoundedTable(capacity: capacity) }

    /// Takes a token of a project's bucket.
    mutating func take(from project: String, limit: RateLimit, now: Instant) -> Verdict {
        var bucket = buckets[project] ?? Bucket(tokens: Double(limit.burst), time: now)
        let elapsed = Double(now.nanoseconds(since: bucket.time)) / 1e9
        bucket.tokens = min(Double(limit.burst), bucket.tokens + elapsed * limit.perSecond)
        bucket.time = now
        defer { buckets[project] = bucket }
        guard bucket.tokens >= 1 else {
            return Verdict(limit: limit, remaining: 0, retryAfter: Self.seconds(for: 1 - bucket.tokens, of: limit))
        }
        bucket.tokens -= 1
        return Verdict(limit: limit, remaining: Int(bucket.tokens), retryAfter: nil)
    }

    /// The verdict of a bucket that is always empty.
    static func empty(_ limit: RateLimit) -> Verdict { Verdict(limit: limit, remaining: 0, retryAfter: 1) }

    private static func seconds(for tokens: Double, of limit: RateLimit) -> Int {
        Int(exactly: (tokens / limit.perSecond).rounded(.up)) ?? Int(Int32.max)
    }
}
