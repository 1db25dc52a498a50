/// What is refused for its connection, or for those of others, and not for what it says.
extension Refusal {
    /// A request that came over a connection for another host, whose certificate is another (RFC 9110, section 15.5.20).
    package static var misdirected: Refusal {
        Refusal(
            421, .badRequest, .badRequest,
            message: "This connection was made for another host, which has another certificate.",
            suggestion: "Send the request again on a connection of its own.")
    }

    /// HTTP where TLS is spoken.
    package static var clearText: Refusal {
        Refusal(
            400, .badRequest, .badRequest, message: "This port speaks TLS, and the request came in clear text.",
            suggestion: "Use https:// instead of http://. A key that was sent like this may have been read on its way.")
    }

    /// Requests that have not come whole take too much memory, and this one's client has much of it.
    package static var requestMakesRoom: Refusal {
        Refusal(
            503, .externalServiceError, .overloaded,
            message: "Too many requests have come in part only, and this one makes room.",
            suggestion: "Nothing was recorded. Send the event again, all of it at once.", retryAfter: 1)
    }

    /// A connection over one of the limits.
    package static var tooManyConnections: Refusal {
        Refusal(
            503, .externalServiceError, .overloaded, message: "There are too many connections.",
            suggestion: """
                Nothing was recorded. Use fewer connections, or raise "limits.connections" or \
                "limits.connectionsPerClient" in the edge's configuration.
                """,
            retryAfter: 1)
    }
}
