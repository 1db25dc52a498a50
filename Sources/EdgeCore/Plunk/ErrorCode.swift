/// Plunk's error codes, as far as the edge answers with them itself or names them in its log.
package enum ErrorCode: String, CaseIterable, Sendable {
    case missingAuth = "MISSING_AUTH"
    case invalidAPIKey = "INVALID_API_KEY"
    case projectDisabled = "PROJECT_DISABLED"
    case projectAccessDenied = "PROJECT_ACCESS_DENIED"
    case validationError = "VALIDATION_ERROR"
    case invalidRequestBody = "INVALID_REQUEST_BODY"
    case badRequest = "BAD_REQUEST"
    case forbidden = "FORBIDDEN"
    case resourceNotFound = "RESOURCE_NOT_FOUND"
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
    case rateLimitExceeded = "RATE_LIMIT_EXCEEDED"
    case internalServerError = "INTERNAL_SERVER_ERROR"
    case externalServiceError = "EXTERNAL_SERVICE_ERROR"
}
