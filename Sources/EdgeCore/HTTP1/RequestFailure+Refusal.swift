extension Refusal {
    /// Check 1: what the client is told of bytes that are no request.
    package init(_ failure: RequestFailure, maximumBodySize: Int) {
        switch failure {
        case .malformed(let message):
            self.init(
                400, .badRequest, .badRequest, message: message.description,
                suggestion: "Send a request that follows RFC 9112.")
        case .targetTooLong:
            self.init(
                414, .badRequest, .targetTooLong, message: "The request line is too long.",
                suggestion: "Send a shorter URL, or raise \"limits.headerSize\" in the edge's configuration.")
        case .headerTooLarge:
            self.init(
                431, .badRequest, .headerTooLarge, message: "The request's header fields are too large or too many.",
                suggestion: "Send fewer cookies, or raise \"limits.headerSize\" in the edge's configuration.")
        case .bodyTooLarge:
            self = BodySizeRule.refusal(maximum: maximumBodySize)
        }
    }

    /// A request that did not come in time (RFC 9110, section 15.5.9).
    package static func timeout(_ reason: Reason, _ message: String) -> Refusal {
        Refusal(
            408, .badRequest, reason, message: message,
            suggestion: "Send the whole request at once, or raise \"limits.timeouts\" in the edge's configuration.")
    }

    /// A connection over one of the limits.
    package static var tooManyConnections: Refusal {
        var refusal = Refusal(
            503, .externalServiceError, .overloaded, message: "There are too many connections.",
            suggestion:
                "Use fewer connections, or raise \"limits.connections\" or \"limits.connectionsPerClient\" in the "
                + "edge's configuration.")
        refusal.retryAfter = 1
        return refusal
    }
}
