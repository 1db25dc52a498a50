/// Check 2: a CORS preflight (Fetch standard, section 4.8) is answered here: it carries no key by design.
enum PreflightRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        let head = judgement.head
        guard head.method == .options, head.value(of: .accessControlRequestMethod) != nil,
            head.value(of: .origin) != nil
        else { return nil }
        guard head.path.elementsEqual(judgement.snapshot.settings.policy.endpoint) else {
            return .refuse(
                Refusal(
                    403, .forbidden, .originDenied, message: "Pages may not call this path.",
                    suggestion: """
                        Only the edge's endpoint may be called, which is "/v1/track" unless "endpoint" in its configuration \
                        says otherwise.
                        """))
        }
        if judgement.origin == .denied { return .refuse(OriginRule.refusal(judgement)) }
        return .preflight
    }
}
