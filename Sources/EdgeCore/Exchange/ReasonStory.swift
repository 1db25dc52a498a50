/// What a reason means, in words for whoever reads a log or a page about it: plain sentences, fixed texts, nothing of the
/// request in them.
package struct ReasonStory: Sendable {
    /// The numbers of the README's table of checks in which it comes up, in order; empty for what is no check.
    package let checks: [Int]
    /// What happened, in one sentence or two.
    package let happened: StaticString
    /// What a client is told, as the README's tables write it: status and code. Nil where it was told nothing.
    package let answer: StaticString?
    /// What to do about it, or that there is nothing to do.
    package let advice: StaticString

    init(_ checks: [Int], _ happened: StaticString, answer: StaticString?, advice: StaticString) {
        (self.checks, self.happened, self.answer, self.advice) = (checks, happened, answer, advice)
    }
}

extension Outcome {
    /// What this outcome means where a record has no reason, or one that is not known.
    package var story: ReasonStory {
        switch self {
        case .preflight: Reason.preflight.story
        case .clientGone: Reason.clientGone.story
        case .forwarded:
            ReasonStory(
                [], "Every check let the request pass, Plunk answered, and its answer went back as it was.",
                answer: "Plunk's status and code",
                advice: "Below 300 there is nothing to do. Otherwise Plunk refused it, and its code says why.")
        case .rejected:
            ReasonStory(
                [], "A check refused the request before Plunk saw it.",
                answer: "400 to 499",
                advice: "Look at the record's status and code.")
        case .limited:
            ReasonStory(
                [8, 14], "A rate limit refused the request. Nothing was sent to Plunk.",
                answer: "429 RATE_LIMIT_EXCEEDED",
                advice: "Send less, or raise the limit.")
        case .overloaded:
            ReasonStory(
                [14], "There was no room for the request. Nothing was sent to Plunk.",
                answer: "503 EXTERNAL_SERVICE_ERROR",
                advice: "If it lasts, look at Plunk, and at limits.connections and upstream.inFlight.")
        case .upstreamFailed:
            ReasonStory(
                [], "Plunk could not be asked, or gave no usable answer.",
                answer: "502 or 504 EXTERNAL_SERVICE_ERROR",
                advice: "Look at the record's upstream: address, status, attempts and times.")
        }
    }
}
