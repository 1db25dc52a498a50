/// Why an exchange ended as it did: the access log's `reason`. A forwarded request with nothing to add has none.
package enum Reason: String, CaseIterable, Sendable {
    // Check 1: HTTP itself.
    case badRequest = "bad_request"
    case targetTooLong = "target_too_long"
    case headerTooLarge = "header_too_large"
    case headerTimeout = "header_timeout"
    case bodyTimeout = "body_timeout"
    // Checks 2 to 13, in the README's order.
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

    /// Its place among all, for tables of counters.
    package var ordinal: Int {
        switch self {
        case .badRequest: 0
        case .targetTooLong: 1
        case .headerTooLarge: 2
        case .headerTimeout: 3
        case .bodyTimeout: 4
        case .preflight: 5
        case .originDenied: 6
        case .secretKey: 7
        case .missingAuth: 8
        case .malformedAuth: 9
        case .unknownKey: 10
        case .wrongEndpoint: 11
        case .rateLimited: 12
        case .contentType: 13
        case .bodyTooLarge: 14
        case .invalidJSON: 15
        case .invalidFields: 16
        case .reservedEvent: 17
        case .fieldDenied: 18
        case .eventDenied: 19
        case .overloaded: 20
        case .upstreamDown: 21
        case .upstreamRateLimited: 22
        case .upstreamConnect: 23
        case .upstreamTLS: 24
        case .upstreamTimeout: 25
        case .upstreamClosed: 26
        case .upstreamInvalidResponse: 27
        case .alreadyRecorded: 28
        case .maybeRecorded: 29
        case .clientGone: 30
        case .internalError: 31
        }
    }

    /// How an exchange counts that ends for this reason.
    package var outcome: Outcome {
        switch self {
        case .rateLimited, .upstreamRateLimited: .limited
        case .overloaded, .upstreamDown: .overloaded
        case .upstreamConnect, .upstreamTLS, .upstreamTimeout, .upstreamClosed, .upstreamInvalidResponse,
            .maybeRecorded:
            .upstreamFailed
        case .clientGone: .clientGone
        case .alreadyRecorded: .forwarded
        case .preflight: .preflight
        case .badRequest, .targetTooLong, .headerTooLarge, .headerTimeout, .bodyTimeout, .originDenied, .secretKey,
            .missingAuth, .malformedAuth, .unknownKey, .wrongEndpoint, .contentType, .bodyTooLarge, .invalidJSON,
            .invalidFields, .reservedEvent, .fieldDenied, .eventDenied, .internalError:
            .rejected
        }
    }
}
