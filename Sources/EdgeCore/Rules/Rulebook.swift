/// The checks of a request, in the order in which they answer. To add one, write its file and its line.
///
/// A rule ends a request, or lets it pass and leaves what it found in the judgement.
package enum Rulebook {
    /// What the head alone decides. A refusal here does not wait for the body. Nil if the head passes.
    package static func judgeHead(_ judgement: inout Judgement) -> Verdict? {
        if let verdict = PreflightRule.check(&judgement) { return verdict }
        if let verdict = SecretKeyRule.checkHead(&judgement) { return verdict }
        if let verdict = AuthorizationRule.check(&judgement) { return verdict }
        if let verdict = KeyRule.check(&judgement) { return verdict }
        if let verdict = EndpointRule.check(&judgement) { return verdict }
        if let verdict = OriginRule.check(&judgement) { return verdict }
        if let verdict = RateLimitRule.check(&judgement) { return verdict }
        if let verdict = ContentTypeRule.check(&judgement) { return verdict }
        if let verdict = IdempotencyKeyRule.check(&judgement) { return verdict }
        if let verdict = BodySizeRule.check(&judgement) { return verdict }
        return nil
    }

    /// What the whole body decides. Nil if the body passes, too; then the judgement holds the one that goes upstream.
    package static func judgeBody(_ body: [UInt8], _ judgement: inout Judgement) -> Verdict? {
        judgement.body = body
        if let verdict = SecretKeyRule.checkBody(&judgement) { return verdict }
        if let verdict = JSONRule.check(&judgement) { return verdict }
        if let verdict = TrackEventRule.check(&judgement) { return verdict }
        if let verdict = BodyPolicyRule.check(&judgement) { return verdict }
        if let verdict = EventPolicyRule.check(&judgement) { return verdict }
        judgement.rebuildBody()
        return nil
    }
}
