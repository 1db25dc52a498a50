package import EdgeCore

/// An event on its way to Plunk: the checked values from which the request upstream is written. Nothing else of what
/// the client sent goes along.
package struct UpstreamRequest: Sendable {
    /// A public key.
    package var key: Bytes
    /// The rebuilt JSON.
    package var body: [UInt8]
    /// Printable ASCII, at most 256 bytes.
    package var userAgent: Bytes
    /// A UUID or what a trusted proxy sent: printable ASCII without spaces.
    package var requestID: Identifier
    /// 1 to 255 bytes of printable ASCII; nil where there is none and the configuration says `pass`.
    package var idempotencyKey: Identifier?
    /// The one address of X-Forwarded-For; nil: none is sent.
    package var forwardedFor: IPAddress?
    /// A valid `traceparent`.
    package var traceparent: Bytes?

    package init(
        key: Bytes, body: [UInt8], userAgent: Bytes, requestID: Identifier, idempotencyKey: Identifier? = nil,
        forwardedFor: IPAddress? = nil, traceparent: Bytes? = nil
    ) {
        self.key = key
        self.body = body
        self.userAgent = userAgent
        self.requestID = requestID
        self.idempotencyKey = idempotencyKey
        self.forwardedFor = forwardedFor
        self.traceparent = traceparent
    }
}
