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

    /// The checks in short, in the order of the README's table; the admin page has the same names.
    package static let checkNames: [StaticString] = [
        "HTTP itself", "preflight", "no secret key", "one Authorization", "a known public key", "method and endpoint",
        "origin", "rate limits", "content type", "body size", "JSON", "Plunk’s fields", "allowed fields and events",
        "room, and Plunk is up",
    ]

    /// - Parameter number: 1 for the first.
    package static func name(ofCheck number: Int) -> StaticString {
        checkNames.indices.contains(number - 1) ? checkNames[number - 1] : "unknown"
    }

    /// What to do about an answer of Plunk's own that went back as it was.
    package static func advice(forwardedStatus status: Int) -> StaticString {
        switch status {
        case ..<300: "Nothing to do."
        case 401, 403:
            "Plunk refused the key. See in its dashboard whether the key is still there and belongs to this project."
        case 429:
            """
            Plunk has had enough of this key for a while. Send fewer events with it, or ask Plunk for a higher limit. \
            limits.perKey keeps one key from using it all up.
            """
        case 500...:
            """
            Plunk failed, and the edge did nothing wrong. Now and then: nothing to do. If it lasts, ask Plunk, and name \
            the request ID there, if it gave one.
            """
        default: "Plunk refused the request, and its code says why. Correct it in the client."
        }
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
