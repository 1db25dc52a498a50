package import EdgeCore

/// What Plunk answered: a complete, well-framed HTTP/1.1 response, not yet judged for its content. Its parts are views
/// of the bytes that came. Immutable; a class so that handing it on costs a retain.
package final class UpstreamAnswer: Sendable {
    /// 100 to 599.
    package let status: Int
    /// Whether `Content-Type` is `application/json` or `application/*+json` and there is no `Content-Encoding`.
    package let isJSON: Bool
    private let bytes: [UInt8]
    private let bodyStart: Int
    private let fields: ResponseFields

    /// - Parameters:
    ///   - bytes: the head, with `fields` as offsets into it, and the body from `bodyStart` on.
    init(status: Int, isJSON: Bool, fields: ResponseFields, bytes: [UInt8], bodyStart: Int) {
        (self.status, self.isJSON, self.fields) = (status, isJSON, fields)
        (self.bytes, self.bodyStart) = (bytes, bodyStart)
    }

    /// An answer without header fields of note.
    package convenience init(status: Int, body: [UInt8], isJSON: Bool) {
        self.init(status: status, isJSON: isJSON, fields: ResponseFields(), bytes: body, bodyStart: 0)
    }

    /// The content, taken out of its chunks if it came in some.
    package var body: Bytes { bytes[bodyStart...] }

    /// The value of `Retry-After`, which like the next three may go back to the client: printable ASCII of at most 64
    /// bytes, or nil.
    package var retryAfter: Bytes? { fields.retryAfter.map { bytes[$0] } }
    /// The value of `RateLimit-Limit`.
    package var rateLimitLimit: Bytes? { fields.rateLimitLimit.map { bytes[$0] } }
    /// The value of `RateLimit-Remaining`.
    package var rateLimitRemaining: Bytes? { fields.rateLimitRemaining.map { bytes[$0] } }
    /// The value of `RateLimit-Reset`.
    package var rateLimitReset: Bytes? { fields.rateLimitReset.map { bytes[$0] } }
    /// Bytes of the four values together.
    package var sizeOfLimitFields: Int {
        (fields.retryAfter?.count ?? 0) + (fields.rateLimitLimit?.count ?? 0) + (fields.rateLimitRemaining?.count ?? 0)
            + (fields.rateLimitReset?.count ?? 0)
    }

    /// Plunk's `X-Request-ID`, at most 128 bytes of printable ASCII.
    package var requestID: Bytes? { fields.requestID.map { bytes[$0] } }
}

/// Where the values stand that are kept of an answer's head.
struct ResponseFields: Sendable {
    var retryAfter: Range<Int>?
    var rateLimitLimit: Range<Int>?
    var rateLimitRemaining: Range<Int>?
    var rateLimitReset: Range<Int>?
    var requestID: Range<Int>?
}
