/// Check 13, first half: members that the configuration does not let pass.
enum BodyPolicyRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        guard let event = judgement.event else { return nil }
        let policy = judgement.snapshot.settings.policy.body
        if policy.unknownFields == .reject, !event.unknown.isEmpty {
            return refuse("The body has a member that is not allowed here.", "\"body.unknownFields\"")
        }
        if policy.subscribed == .reject, event.members.contains(where: { $0.field == .subscribed }) {
            return refuse("The member \"subscribed\" is not allowed here.", "\"body.subscribed\"")
        }
        return nil
    }

    private static func refuse(_ message: AnswerText, _ setting: String) -> Verdict {
        .refuse(
            Refusal(
                403, .forbidden, .fieldDenied, message: message,
                suggestion:
                    .made(
                        "Send only event, email, subscribed and data, or change \(setting) in the edge's configuration."
                    )
            ))
    }
}
