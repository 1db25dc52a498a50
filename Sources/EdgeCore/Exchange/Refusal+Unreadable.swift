extension Refusal {
    /// Check 1: what the client is told of bytes that are no request.
    package static func unreadable(_ failure: RequestFailure) -> Refusal {
        switch failure {
        case .malformed(let message):
            Refusal(
                400, .badRequest, .badRequest, message: .constant(message.literal),
                suggestion: "Send a request that follows RFC 9112, or RFC 9113 for HTTP/2.")
        case .targetTooLong:
            Refusal(
                414, .badRequest, .targetTooLong, message: "The request line is too long.",
                suggestion: "Send a shorter URL, or raise \"limits.headerSize\" in the edge's configuration.")
        case .headerTooLarge:
            Refusal(
                431, .badRequest, .headerTooLarge, message: "The request's header fields are too large or too many.",
                suggestion: """
                    Send fewer cookies and other fields, or raise "limits.headerSize" or "limits.headerCount" in the edge's \
                    configuration.
                    """)
        case .bodyTooLarge(let maximum):
            BodySizeRule.refusal(maximum: maximum)
        }
    }

    /// A head that did not come in time (RFC 9110, section 15.5.9).
    package static var headerTimeout: Refusal { timeout(.headerTimeout, "The request's head did not come in time.") }

    /// A body that did not come in time.
    package static var bodyTimeout: Refusal { timeout(.bodyTimeout, "The request's body did not come in time.") }

    private static func timeout(_ reason: Reason, _ message: AnswerText) -> Refusal {
        Refusal(
            408, .badRequest, reason, message: message,
            suggestion: "Send the whole request at once, or raise \"limits.timeouts\" in the edge's configuration.")
    }
}
