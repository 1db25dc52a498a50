/// Check 8: neither one client nor one key may spend what belongs to all.
enum RateLimitRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        let settings = judgement.snapshot.settings.policy
        if let limit = settings.perClient {
            // Peers without an address share one bucket: they come over one local socket.
            let address = judgement.client.address ?? IPAddress(v4: 0)
            let decision = judgement.limiter.take(.client(address), limit: limit, now: judgement.now)
            if !decision.isAllowed { return refuse(limit, decision) }
        }
        if let limit = settings.perKey, let digest = bucketDigest(judgement) {
            let decision = judgement.limiter.take(.key(digest), limit: limit, now: judgement.now)
            if !decision.isAllowed { return refuse(limit, decision) }
        }
        return nil
    }

    /// All that an entry accepts shares one bucket, which goes by the first of it: a rotation is no second limit.
    private static func bucketDigest(_ judgement: Judgement) -> KeyDigest? {
        judgement.entry.flatMap { judgement.policy.keys.entries[$0].accepts.first } ?? judgement.digest
    }

    private static func refuse(_ limit: RateLimit, _ decision: RateLimitDecision) -> Verdict {
        var refusal = Refusal(
            429, .rateLimitExceeded, .rateLimited, message: PlunkMessage.rateLimited,
            suggestion: PlunkSuggestion.rateLimitExceeded)
        refusal.retryAfter = decision.retryAfter
        refusal.limit = (limit, decision)
        return .refuse(refusal)
    }
}
