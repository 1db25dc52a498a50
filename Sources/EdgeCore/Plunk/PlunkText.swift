/// Messages of Plunk's error answers, letter by letter: clients and people match on them.
package enum PlunkMessage {
    package static let missingAuthorization: StaticString = "Authorization header is required"
    package static let malformedAuthorization: StaticString =
        #"Authorization header must use Bearer token format: "Authorization: Bearer YOUR_API_KEY""#
    package static let invalidPublicKey: StaticString =
        "Invalid public API key. Ensure you are using a public key (pk_*) for this endpoint."
    package static let invalidSecretKey: StaticString =
        "Invalid secret API key. This endpoint requires a secret key (sk_*), not a public key."
    package static let projectDisabled: StaticString =
        "Project is disabled due to security violations. All write operations are blocked."
    package static let invalidJSON: StaticString = "Invalid JSON in request body"
    package static let validationFailed: StaticString = "Request validation failed"
    package static let reservedEvent: StaticString = "Cannot track reserved system event"
}

/// Suggestions that go with Plunk's errors, letter by letter.
package enum PlunkSuggestion {
    package static let missingAuthorization: StaticString =
        #"Include an Authorization header with format: "Authorization: Bearer YOUR_API_KEY""#
    package static let invalidKey: StaticString =
        #"Verify your API key is correct and starts with "sk_" for secret keys or "pk_" for public keys."#
    package static let invalidJSON: StaticString =
        #"Ensure your request body is valid JSON and Content-Type header is set to "application/json"."#
    package static let rateLimitExceeded: StaticString =
        "You have exceeded the rate limit. Wait a moment before retrying, or upgrade your plan."
    package static let invalidTypes: StaticString = """
        One or more fields have incorrect types. Check that strings are quoted, numbers are unquoted, and booleans \
        are true/false.
        """
}
