/// Beside check 9: an Idempotency-Key that Plunk would not take (1 to 255 printable ASCII characters, once) is an error.
/// Dropping it in silence would turn the client's safe repeat into a second event.
enum IdempotencyKeyRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        let head = judgement.head
        guard let value = head.value(of: .idempotencyKey) else { return nil }
        let isValid = (1...255).contains(value.count) && value.isPrintable
        if isValid, head.lines(of: .idempotencyKey) == 1 { return nil }
        return .refuse(
            Refusal(
                400, .badRequest, .badRequest, message: "The Idempotency-Key is malformed.",
                suggestion: "Send one Idempotency-Key of 1 to 255 printable ASCII characters, or none."))
    }
}
