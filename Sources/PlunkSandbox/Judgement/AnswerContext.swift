internal import EdgeCore

/// What every envelope of one answer shares, and the refusals that are made of more than constants.
struct AnswerContext: Sendable {
    var requestID: Identifier
    var time: WallTime

    func refuse(
        _ code: ErrorCode, _ status: Int, _ message: AnswerText, suggestion: AnswerText? = nil
    ) -> SandboxAnswer {
        var envelope = envelope(code, status, message)
        envelope.suggestion = suggestion
        return SandboxAnswer(envelope)
    }

    func invalidFields(_ errors: [FieldError]) -> SandboxAnswer {
        SandboxAnswer(ErrorEnvelope(fields: errors, requestID: requestID, timestamp: time))
    }

    func limited(_ limit: RateLimit, retryAfter: Int) -> SandboxAnswer {
        let rate = Int(exactly: limit.perSecond).map(String.init) ?? String(limit.perSecond)
        let message = """
            Rate limit exceeded for this endpoint (\(rate)/second sustained, \(limit.burst) burst). \
            Retry in \(retryAfter)s.
            """
        var envelope = envelope(.rateLimitExceeded, 429, .made(message))
        envelope.details = .retryAfter(seconds: retryAfter)
        envelope.suggestion = PlunkSuggestion.rateLimitExceeded
        return SandboxAnswer(envelope)
    }

    /// - Parameter status: of the first answer to the key; nil while there is none.
    func reused(_ key: String, status: Int?) -> SandboxAnswer {
        var envelope = envelope(.idempotencyKeyReused, 409, .made("Idempotency-Key \"\(key)\" has already been used"))
        envelope.details = .originalStatusCode(status)
        return SandboxAnswer(envelope)
    }

    private func envelope(_ code: ErrorCode, _ status: Int, _ message: AnswerText) -> ErrorEnvelope {
        ErrorEnvelope(code, status: status, message: message, requestID: requestID, timestamp: time)
    }
}
