/// Check 4: exactly one `Authorization`, `Bearer`, one space, one token, as Plunk splits it.
enum AuthorizationRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        let head = judgement.head
        guard head.lines(of: .authorization) <= 1 else {
            return .refuse(
                Refusal(
                    400, .badRequest, .malformedAuth, message: "Authorization stands twice.",
                    suggestion: "Send one Authorization header."))
        }
        guard let value = head.value(of: .authorization), !value.isEmpty else {
            if judgement.snapshot.settings.policy.keys.entryWhenMissing != nil { return nil }
            return refuse(.missingAuth, PlunkMessage.missingAuthorization)
        }
        // Visible ASCII without the comma that would begin a second credential.
        let token = value.dropFirst(7)
        guard value.prefix(7).equals("Bearer "), !token.isEmpty, token.isVisible,
            !token.contains(UInt8(ascii: ","))
        else {
            return refuse(.malformedAuth, PlunkMessage.malformedAuthorization)
        }
        judgement.shown = token
        return nil
    }

    private static func refuse(_ reason: Reason, _ message: AnswerText) -> Verdict {
        .refuse(Refusal(401, .missingAuth, reason, message: message, suggestion: PlunkSuggestion.missingAuthorization))
    }
}
