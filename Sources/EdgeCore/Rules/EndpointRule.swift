/// Check 6: a public key is good for one endpoint, and the path is compared byte for byte: Plunk's router is forgiving
/// (`/V1/TRACK`, `/v1//track`), so whatever is decoded or normalised can be beaten.
enum EndpointRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        if judgement.isForEndpoint { return nil }
        return .refuse(
            Refusal(
                401, .invalidAPIKey, .wrongEndpoint, message: PlunkMessage.invalidSecretKey,
                suggestion: """
                    Only POST to the edge's endpoint is forwarded, which is "/v1/track" unless "endpoint" in its \
                    configuration says otherwise.
                    """))
    }
}
