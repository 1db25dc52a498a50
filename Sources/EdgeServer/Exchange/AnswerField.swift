internal import EdgeCore

/// The header fields of answers whose values differ.
enum AnswerField: CaseIterable {
    case date, requestID, contentLength, retryAfter, rateLimitLimit, rateLimitRemaining, rateLimitReset, allowOrigin

    /// As HTTP/1.1 writes it: behind the line before, and in front of its value.
    var line: StaticString {
        switch self {
        case .date: "\r\nDate: "
        case .requestID: "\r\nX-Request-ID: "
        case .contentLength: "\r\nContent-Length: "
        case .retryAfter: "\r\nRetry-After: "
        case .rateLimitLimit: "\r\nRateLimit-Limit: "
        case .rateLimitRemaining: "\r\nRateLimit-Remaining: "
        case .rateLimitReset: "\r\nRateLimit-Reset: "
        case .allowOrigin: "\r\nAccess-Control-Allow-Origin: "
        }
    }

    /// As HTTP/2 writes it: in lower case (RFC 9113, section 8.2.1).
    var name: String {
        switch self {
        case .date: "date"
        case .requestID: "x-request-id"
        case .contentLength: "content-length"
        case .retryAfter: "retry-after"
        case .rateLimitLimit: "ratelimit-limit"
        case .rateLimitRemaining: "ratelimit-remaining"
        case .rateLimitReset: "ratelimit-reset"
        case .allowOrigin: "access-control-allow-origin"
        }
    }
}

/// The header fields of answers whose values are always the same.
enum ConstantAnswerField: CaseIterable {
    case noStore, noSniff, json, originVaries, allowAnyOrigin, allowMethods, allowHeaders, maxAge, exposeHeaders

    /// The whole line of HTTP/1.1, behind the line before.
    var line: StaticString {
        switch self {
        case .noStore: "\r\nCache-Control: no-store"
        case .noSniff: "\r\nX-Content-Type-Options: nosniff"
        case .json: "\r\nContent-Type: application/json; charset=utf-8"
        case .originVaries: "\r\nVary: Origin"
        case .allowAnyOrigin: "\r\nAccess-Control-Allow-Origin: *"
        case .allowMethods: "\r\nAccess-Control-Allow-Methods: POST"
        case .allowHeaders:
            "\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent"
        case .maxAge: "\r\nAccess-Control-Max-Age: 7200"
        case .exposeHeaders:
            """
            \r\nAccess-Control-Expose-Headers: X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, \
            RateLimit-Reset
            """
        }
    }

    /// Name and value for HTTP/2.
    var field: (name: String, value: String) {
        switch self {
        case .noStore: ("cache-control", "no-store")
        case .noSniff: ("x-content-type-options", "nosniff")
        case .json: ("content-type", "application/json; charset=utf-8")
        case .originVaries: ("vary", "Origin")
        case .allowAnyOrigin: ("access-control-allow-origin", "*")
        case .allowMethods: ("access-control-allow-methods", "POST")
        case .allowHeaders:
            (
                "access-control-allow-headers",
                "Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent"
            )
        case .maxAge: ("access-control-max-age", "7200")
        case .exposeHeaders:
            (
                "access-control-expose-headers",
                "X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
            )
        }
    }
}

/// Takes an answer's header fields, one after the other, in the way of its protocol.
protocol AnswerFieldSink: ~Copyable, ~Escapable {
    mutating func field(_ constant: ConstantAnswerField)
    mutating func field(_ name: AnswerField, _ number: Int)
    mutating func field(_ name: AnswerField, _ text: Bytes)
    mutating func field(_ name: AnswerField, _ identifier: Identifier)
}
