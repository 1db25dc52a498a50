/// Check 7: pages of other origins may not spend the team's key.
enum OriginRule {
    static func check(_ judgement: inout Judgement) -> Verdict? {
        switch judgement.origin {
        case .same, .cross, .any: nil
        case .absent: judgement.snapshot.settings.policy.origins.required ? .refuse(refusal(judgement)) : nil
        case .denied: .refuse(refusal(judgement))
        }
    }

    /// Names the origin that came, the one it would have to be, and the setting that allows others.
    static func refusal(_ judgement: Judgement) -> Refusal {
        guard let origin = judgement.head.value(of: .origin) else {
            return Refusal(
                403, .forbidden, .originDenied, message: "Requests without an Origin are not allowed here.",
                suggestion:
                    "Call this endpoint from a page, or set \"requireOrigin\" to false in the edge's configuration."
            )
        }
        return Refusal(
            403, .forbidden, .originDenied, message: "This origin is not allowed to call this endpoint.",
            suggestion: .made(
                "The page's origin is \(text(origin)), this endpoint is on \(text(judgement.host ?? [])). Call it from a page "
                    + "of its own origin, or add the page's origin to \"origins\" in the edge's configuration.")
        )
    }

    private static func text(_ bytes: Bytes) -> String {
        // Freed of keys before it is cut: a cut could make one too short to be known.
        String(decoding: (KeyRedaction.redacted(bytes) ?? Array(bytes)).prefix(128), as: UTF8.self)
    }
}
