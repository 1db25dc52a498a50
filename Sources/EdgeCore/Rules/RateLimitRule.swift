/// Check 8: neither one client nor one key may spend what belongs to all.
enum RateLimitRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        if let limit = judgement.snapshot.settings.policy.perClient {
            // Peers without an address share one bucket: they come over one local socket.
            let address = judgement.client.address ?? IPAddress(v4: 0)
            let decision = judgement.limiter.take(.client(address), limit: limit, now: judgement.now)
            if !decision.isAllowed {
                return refuse(
                    limit, decision, "Wait a moment, or raise \"limits.perClient\" in the edge's configuration.")
            }
        }
        if let limit = judgement.snapshot.settings.policy.perKey, let bucket = judgement.bucket {
            let decision = judgement.limiter.take(.key(bucket), limit: limit, now: judgement.now)
            if !decision.isAllowed {
                return refuse(
                    limit, decision, "Wait a moment, or raise \"limits.perKey\" in the edge's configuration.",
                    isKeyLimit: true)
            }
        }
        return nil
    }

    private static func refuse(
        _ limit: RateLimit, _ decision: RateLimitDecision, _ suggestion: AnswerText, isKeyLimit: Bool = false
    ) -> Verdict {
        .refuse(
            Refusal(
                429, .rateLimitExceeded, .rateLimited, message: PlunkMessage.rateLimited,
                suggestion: suggestion, retryAfter: decision.retryAfter,
                limit: (limit, decision), isKeyLimit: isKeyLimit))
    }
}
