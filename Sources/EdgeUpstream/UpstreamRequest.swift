package import EdgeCore

/// An event on its way to Plunk: the checked values from which the request upstream is written. Nothing else of what
/// the client sent goes along.
package struct UpstreamRequest: Sendable {
    /// A public key.
    package var key: [UInt8]
    /// The rebuilt JSON.
    package var body: [UInt8]
    /// Printable ASCII, at most 256 bytes.
    package var userAgent: [UInt8]
    /// A UUID or what a trusted proxy sent: printable ASCII without spaces.
    package var requestID: [UInt8]
    /// 1 to 255 bytes of printable ASCII; nil where there is none and the configuration says `pass`.
    package var idempotencyKey: [UInt8]?
    /// Whether the edge made `idempotencyKey` itself, so that a 409 to it can only mean the edge's own repeat.
    package var isIdempotencyKeyAdded: Bool
    /// The one address of X-Forwarded-For; nil: none is sent.
    package var forwardedFor: IPAddress?
    /// A valid `traceparent`.
    package var traceparent: [UInt8]?

    package init(
        key: [UInt8], body: [UInt8], userAgent: [UInt8], requestID: [UInt8], idempotencyKey: [UInt8]? = nil,
        isIdempotencyKeyAdded: Bool = false, forwardedFor: IPAddress? = nil, traceparent: [UInt8]? = nil
    ) {
        self.key = key
        self.body = body
        self.userAgent = userAgent
        self.requestID = requestID
        self.idempotencyKey = idempotencyKey
        self.isIdempotencyKeyAdded = isIdempotencyKeyAdded
        self.forwardedFor = forwardedFor
        self.traceparent = traceparent
    }
}
