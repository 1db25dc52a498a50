import EdgeCore
import Testing

@testable import EdgeUpstream

@Suite struct RepeatRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var retry = UpstreamSettings.Retry.safe
        var hasIdempotencyKey = false
        var isRepeat = false
        var hasSent = false
        var hasAnswerBegun = false
        var isAllowed: Bool
        var testDescription: String {
            "\(retry)\(hasIdempotencyKey ? ", key" : "")\(isRepeat ? ", second time" : "")\(hasSent ? ", sent" : "")"
                + (hasAnswerBegun ? ", answer begun" : "")
        }
    }

    @Test(
        "A repeat needs nothing sent, or an Idempotency-Key and no answer byte; never a third time",
        arguments: [
            Case(isAllowed: true),
            Case(isRepeat: true, isAllowed: false),
            Case(hasSent: true, isAllowed: false),
            Case(hasIdempotencyKey: true, hasSent: true, isAllowed: true),
            Case(hasIdempotencyKey: true, isRepeat: true, hasSent: true, isAllowed: false),
            Case(hasIdempotencyKey: true, hasSent: true, hasAnswerBegun: true, isAllowed: false),
            Case(hasSent: true, hasAnswerBegun: true, isAllowed: false),
            Case(retry: .never, isAllowed: false),
            Case(retry: .never, hasIdempotencyKey: true, hasSent: true, isAllowed: false),
        ])
    func table(_ example: Case) {
        let rule = RepeatRule(retry: example.retry, hasIdempotencyKey: example.hasIdempotencyKey)
        #expect(
            rule.allows(isRepeat: example.isRepeat, hasSent: example.hasSent, hasAnswerBegun: example.hasAnswerBegun)
                == example.isAllowed)
    }
}
