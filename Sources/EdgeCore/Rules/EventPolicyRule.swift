/// Check 13, second half: the event is one that clients may send.
enum EventPolicyRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        guard let name = judgement.event?.event else { return nil }
        if judgement.snapshot.settings.policy.events.contains(where: { $0.matches(name) }) { return nil }
        return .refuse(
            Refusal(
                403, .forbidden, .eventDenied, message: "This event is not allowed here.",
                suggestion: "Add the event's name to \"events.allow\" in the edge's configuration."))
    }
}
