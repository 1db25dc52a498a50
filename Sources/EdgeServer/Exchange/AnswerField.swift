internal import EdgeCore

/// The header fields that answers have.
enum AnswerField {
    case date, cacheControl, contentTypeOptions, requestID, contentType, contentLength
    case retryAfter, rateLimitLimit, rateLimitRemaining, rateLimitReset
    case allowOrigin, vary, allowMethods, allowHeaders, maxAge, exposeHeaders

    /// As HTTP/1.1 writes it: behind the line before, and in front of its value.
    var line: StaticString {
        switch self {
        case .date: "\r\nDate: "
        case .cacheControl: "\r\nCache-Control: "
        case .contentTypeOptions: "\r\nX-Content-Type-Options: "
        case .requestID: "\r\nX-Request-ID: "
        case .contentType: "\r\nContent-Type: "
        case .contentLength: "\r\nContent-Length: "
        case .retryAfter: "\r\nRetry-After: "
        case .rateLimitLimit: "\r\nRateLimit-Limit: "
        case .rateLimitRemaining: "\r\nRateLimit-Remaining: "
        case .rateLimitReset: "\r\nRateLimit-Reset: "
        case .allowOrigin: "\r\nAccess-Control-Allow-Origin: "
        case .vary: "\r\nVary: "
        case .allowMethods: "\r\nAccess-Control-Allow-Methods: "
        case .allowHeaders: "\r\nAccess-Control-Allow-Headers: "
        case .maxAge: "\r\nAccess-Control-Max-Age: "
        case .exposeHeaders: "\r\nAccess-Control-Expose-Headers: "
        }
    }

    /// As HTTP/2 writes it: in lower case (RFC 9113, section 8.2.1).
    var name: String {
        switch self {
        case .date: "date"
        case .cacheControl: "cache-control"
        case .contentTypeOptions: "x-content-type-options"
        case .requestID: "x-request-id"
        case .contentType: "content-type"
        case .contentLength: "content-length"
        case .retryAfter: "retry-after"
        case .rateLimitLimit: "ratelimit-limit"
        case .rateLimitRemaining: "ratelimit-remaining"
        case .rateLimitReset: "ratelimit-reset"
        case .allowOrigin: "access-control-allow-origin"
        case .vary: "vary"
        case .allowMethods: "access-control-allow-methods"
        case .allowHeaders: "access-control-allow-headers"
        case .maxAge: "access-control-max-age"
        case .exposeHeaders: "access-control-expose-headers"
        }
    }
}

/// Takes an answer's header fields, one after the other, in the way of its protocol.
protocol AnswerFieldSink: ~Copyable, ~Escapable {
    mutating func field(_ name: AnswerField, _ value: StaticString)
    mutating func field(_ name: AnswerField, _ number: Int)
    mutating func field(_ name: AnswerField, _ text: Bytes)
    mutating func field(_ name: AnswerField, _ identifier: Identifier)
}
