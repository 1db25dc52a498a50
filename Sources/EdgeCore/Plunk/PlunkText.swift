/// Messages of Plunk's error answers, letter by letter: clients and people match on them.
package enum PlunkMessage {
    package static let missingAuthorization: AnswerText = "Authorization header is required"
    package static let malformedAuthorization: AnswerText =
        #"Authorization header must use Bearer token format: "Authorization: Bearer YOUR_API_KEY""#
    package static let invalidPublicKey: AnswerText =
        "Invalid public API key. Ensure you are using a public key (pk_*) for this endpoint."
    package static let invalidSecretKey: AnswerText =
        "Invalid secret API key. This endpoint requires a secret key (sk_*), not a public key."
    package static let projectDisabled: AnswerText =
        "Project is disabled due to security violations. All write operations are blocked."
    package static let invalidJSON: AnswerText = "Invalid JSON in request body"
    package static let validationFailed: AnswerText = "Request validation failed"
    package static let reservedEvent: AnswerText = "Cannot track reserved system event"
    /// The edge's own words: Plunk documents none.
    package static let rateLimited: AnswerText = "Rate limit exceeded"
}

/// Suggestions that go with Plunk's errors, letter by letter.
package enum PlunkSuggestion {
    package static let missingAuthorization: AnswerText =
        #"Include an Authorization header with format: "Authorization: Bearer YOUR_API_KEY""#
    package static let invalidKey: AnswerText =
        #"Verify your API key is correct and starts with "sk_" for secret keys or "pk_" for public keys."#
    package static let invalidJSON: AnswerText =
        #"Ensure your request body is valid JSON and Content-Type header is set to "application/json"."#
    package static let rateLimitExceeded: AnswerText =
        "You have exceeded the rate limit. Wait a moment before retrying, or upgrade your plan."
    package static let invalidTypes: AnswerText = """
        One or more fields have incorrect types. Check that strings are quoted, numbers are unquoted, and booleans \
        are true/false.
        """
}
