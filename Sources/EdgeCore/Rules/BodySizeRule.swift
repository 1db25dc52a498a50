/// Check 10: the announced body fits. One that is sent in chunks is counted as it comes.
enum BodySizeRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        let maximum = judgement.snapshot.settings.policy.body.maximumSize
        guard case .length(let length) = judgement.head.framing, length > maximum else { return nil }
        return .refuse(refusal(maximum: maximum))
    }

    static func refusal(maximum: Int) -> Refusal {
        Refusal(
            413, .invalidRequestBody, .bodyTooLarge,
            message: .made("The request body is larger than \(maximum) bytes."),
            suggestion: "Send less data with the event, or raise \"body.maxSize\" in the edge's configuration.")
    }
}
