/// The checks of a request, in the order in which they answer. To add one, write its file and its line.
package enum Rulebook {
    /// Ends a request, or lets it pass and leaves what it found in the judgement.
    typealias Rule = @Sendable (inout Judgement) -> Verdict?

    /// What the head alone decides. A refusal here does not wait for the body.
    private static let headRules: [Rule] = [
        PreflightRule.check,
        SecretKeyRule.checkHead,
        AuthorizationRule.check,
        KeyRule.check,
        EndpointRule.check,
        OriginRule.check,
        RateLimitRule.check,
        ContentTypeRule.check,
        IdempotencyKeyRule.check,
        BodySizeRule.check,
    ]

    /// What the whole body decides.
    private static let bodyRules: [Rule] = [
        SecretKeyRule.checkBody,
        JSONRule.check,
        TrackEventRule.check,
        BodyPolicyRule.check,
        EventPolicyRule.check,
    ]

    /// Nil if the head passes.
    package static func judgeHead(_ judgement: inout Judgement) -> Verdict? { first(of: headRules, &judgement) }

    /// Nil if the body passes, too.
    package static func judgeBody(_ judgement: inout Judgement) -> Verdict? { first(of: bodyRules, &judgement) }

    private static func first(of rules: [Rule], _ judgement: inout Judgement) -> Verdict? {
        for rule in rules {
            if let verdict = rule(&judgement) { return verdict }
        }
        return nil
    }
}
