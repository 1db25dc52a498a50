internal import EdgeCore
internal import EdgeUpstream

/// Turns what came of an upstream request into what the client is told: Plunk's JSON as it is, anything else as an
/// error of Plunk's shape.
enum UpstreamAnswers {
    /// A span of Retry-After longer than this is not believed (seconds).
    static let longestPause = 60

    enum Judged {
        /// Goes back as it is; the code if it is an error.
        case pass(ErrorCode?)
        /// The edge's own repeat came second: the event is recorded.
        case alreadyRecorded
        case refuse(Refusal)
    }

    /// - Parameters:
    ///   - isIdempotencyKeyAdded: whether the edge made the request's Idempotency-Key.
    ///   - isRepeat: whether the request was sent a second time. The first copy may have been recorded, and an answer to
    ///     the second that does not say so must not hide it.
    static func judge(_ answer: UpstreamAnswer, isIdempotencyKeyAdded: Bool, isRepeat: Bool) -> Judged {
        let content = answer.isJSON ? PlunkAnswer(answer.body) : nil
        switch answer.status {
        case 409 where isIdempotencyKeyAdded && content?.code == .idempotencyKeyReused:
            if isRepeat, let original = content?.originalStatusCode, (200..<300).contains(original) {
                return .alreadyRecorded
            }
            return .refuse(unconfirmed)
        // To the client's own key, which it may repeat to learn the rest.
        case 409 where content?.code == .idempotencyKeyReused:
            return .pass(content?.code)
        // What is wrong with the event (400, 422) was so the first time, and a 5xx takes nothing back.
        case 401..<500 where isRepeat && content != nil && answer.status != 422:
            return .refuse(unconfirmed)
        case 200..<300 where content != nil, 400..<600 where content != nil:
            return .pass(content?.code)
        case 400..<600:
            return .refuse(
                failure(
                    answer.status, .upstreamInvalidResponse, .made("Plunk answered \(answer.status) without JSON."),
                    mayHaveBeenRecorded: isRepeat || answer.status >= 500))
        default:
            return .refuse(
                failure(
                    502, .upstreamInvalidResponse, "Plunk's answer could not be used.",
                    mayHaveBeenRecorded: isRepeat || (200..<300).contains(answer.status)))
        }
    }

    private static var unconfirmed: Refusal {
        failure(502, .maybeRecorded, "Plunk did not confirm the event.", mayHaveBeenRecorded: true)
    }

    static func refusal(for error: UpstreamFailure, mayHaveBeenRecorded: Bool) -> Refusal {
        switch error {
        // Told to nobody where it is the client that has gone.
        case .cancelled: return unavailable(.overloaded, "The edge is shutting down.", retryAfter: 1)
        case .invalidRequest:
            return Refusal(
                500, .internalServerError, .internalError, message: "The edge could not write this request.",
                suggestion: "Nothing was recorded. This is a mistake of the edge's own: report it with the requestId.")
        case .overloaded:
            return unavailable(
                .overloaded, "Too many requests are under way (\"upstream.inFlight\" of the edge's configuration).",
                retryAfter: 1)
        case .down(let seconds): return unavailable(.upstreamDown, "Plunk cannot be reached.", retryAfter: seconds)
        case .connect: return failure(502, .upstreamConnect, "Plunk cannot be reached.")
        case .tls: return failure(502, .upstreamTLS, "Plunk cannot be reached securely.")
        case .closed:
            return failure(
                502, .upstreamClosed, "Plunk closed the connection without an answer.",
                mayHaveBeenRecorded: mayHaveBeenRecorded)
        case .invalidResponse:
            return failure(
                502, .upstreamInvalidResponse, "Plunk's answer could not be used.",
                mayHaveBeenRecorded: mayHaveBeenRecorded)
        case .timeout:
            return failure(
                504, .upstreamTimeout, "Plunk did not answer in time.", mayHaveBeenRecorded: mayHaveBeenRecorded)
        }
    }

    /// Plunk has said that this project sends too much, and when it may go on.
    static func paused(seconds: Int) -> Refusal {
        Refusal(
            429, .rateLimitExceeded, .upstreamRateLimited, message: PlunkMessage.rateLimited,
            suggestion: PlunkSuggestion.rateLimitExceeded, retryAfter: seconds)
    }

    private static func unavailable(_ reason: Reason, _ message: AnswerText, retryAfter: Int) -> Refusal {
        Refusal(
            503, .externalServiceError, reason, message: message,
            suggestion: .made("Nothing was recorded. Try again in \(retryAfter) s."), retryAfter: retryAfter)
    }

    private static func failure(
        _ status: Int, _ reason: Reason, _ message: AnswerText, mayHaveBeenRecorded: Bool = false
    ) -> Refusal {
        Refusal(
            status, .externalServiceError, reason, message: message,
            suggestion: mayHaveBeenRecorded
                ? "The event may have been recorded. Send it again only if it carried an Idempotency-Key, with the same."
                : "Nothing was recorded. Try again in a moment.")
    }
}
