/// A request that ends here: what the client is told and what the log says. Immutable; a class so that handing it from
/// the rule to the writer costs a retain.
package final class Refusal: Sendable {
    /// The status of the answer.
    package let status: Int
    /// Plunk's code for the client.
    package let code: ErrorCode
    /// The edge's for the log.
    package let reason: Reason
    /// What is wrong.
    package let message: AnswerText
    /// What to do about it, for the developer who reads the answer.
    package let suggestion: AnswerText?
    /// What is wrong with which field of the body.
    package let errors: [FieldError]
    /// The answer's `Retry-After` and `details.retryAfter`, in seconds.
    package let retryAfter: Int?
    /// The limit that was hit, for `RateLimit-*`.
    package let limit: (limit: RateLimit, decision: RateLimitDecision)?
    /// Whether that is the limit of a key, and not of a client.
    package let isKeyLimit: Bool

    package init(
        _ status: Int, _ code: ErrorCode, _ reason: Reason, message: AnswerText, suggestion: AnswerText? = nil,
        errors: [FieldError] = [], retryAfter: Int? = nil,
        limit: (limit: RateLimit, decision: RateLimitDecision)? = nil,
        isKeyLimit: Bool = false
    ) {
        self.status = status
        self.code = code
        self.reason = reason
        self.message = message
        self.suggestion = suggestion
        self.errors = errors
        self.retryAfter = retryAfter
        self.limit = limit
        self.isKeyLimit = isKeyLimit
    }

    /// Whether a connection of HTTP/1.1 serves no other request; in HTTP/2 the streams are told apart whatever is in them.
    /// Who sent what cannot be read, or read in one way only, may mean other borders between its requests than we see.
    package var closesConnection: Bool {
        switch status {
        case 400, 408, 413, 414, 431: true
        default: false
        }
    }

    /// How the exchange counts.
    package var outcome: Outcome { reason.outcome }
}

/// What a rule decides where it does not let a request pass.
package enum Verdict: Sendable {
    case refuse(Refusal)
    /// The request is a CORS preflight and may be answered with 204.
    case preflight
}
