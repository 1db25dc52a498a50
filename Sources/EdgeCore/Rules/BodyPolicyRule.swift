/// Check 13, first half: members that the configuration does not let pass.
enum BodyPolicyRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        guard let event = judgement.event else { return nil }
        let policy = judgement.snapshot.settings.policy.body
        if policy.unknownFields == .reject, !event.unknown.isEmpty {
            return refuse(
                "The body has a member that is not allowed here.",
                "Send only event, email, subscribed and data, or change \"body.unknownFields\" in the edge's configuration."
            )
        }
        if policy.subscribed == .reject, event.members.contains(where: { $0.field == .subscribed }) {
            return refuse(
                "The member \"subscribed\" is not allowed here.",
                "Leave it out, or change \"body.subscribed\" in the edge's configuration.")
        }
        return nil
    }

    private static func refuse(_ message: AnswerText, _ suggestion: AnswerText) -> Verdict {
        .refuse(Refusal(403, .forbidden, .fieldDenied, message: message, suggestion: suggestion))
    }
}
