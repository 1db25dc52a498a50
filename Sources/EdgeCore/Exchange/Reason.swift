/// Why an exchange ended as it did: the access log's `reason`. A forwarded request with nothing to add has none.
package enum Reason: String, CaseIterable, Sendable {
    // Check 1: HTTP itself.
    case badRequest = "bad_request"
    case targetTooLong = "target_too_long"
    case headerTooLarge = "header_too_large"
    case headerTimeout = "header_timeout"
    case bodyTimeout = "body_timeout"
    // Checks 2 to 13, in interface order.
    case preflight
    case originDenied = "origin_denied"
    case secretKey = "secret_key"
    case missingAuth = "missing_auth"
    case malformedAuth = "malformed_auth"
    case unknownKey = "unknown_key"
    case wrongEndpoint = "wrong_endpoint"
    case rateLimited = "rate_limited"
    case contentType = "content_type"
    case bodyTooLarge = "body_too_large"
    case invalidJSON = "invalid_json"
    case invalidFields = "invalid_fields"
    case reservedEvent = "reserved_event"
    case fieldDenied = "field_denied"
    case eventDenied = "event_denied"
    // Check 14 and what can happen upstream.
    case overloaded
    case upstreamDown = "upstream_down"
    case upstreamRateLimited = "upstream_rate_limited"
    case upstreamConnect = "upstream_connect"
    case upstreamTLS = "upstream_tls"
    case upstreamTimeout = "upstream_timeout"
    case upstreamClosed = "upstream_closed"
    case upstreamInvalidResponse = "upstream_invalid_response"
    case alreadyRecorded = "already_recorded"
    case maybeRecorded = "maybe_recorded"
    // The client's side.
    case clientGone = "client_gone"
    /// A mistake of the edge's own.
    case internalError = "internal_error"
}
