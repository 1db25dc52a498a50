/// Why there is no answer.
package enum UpstreamFailure: Error, Hashable, Sendable {
    /// More requests are in flight than `upstream.inFlight` allows. Nothing was sent.
    case overloaded
    /// The breaker is open: connecting or answering failed five times in a row. Nothing was sent. The span says when it
    /// is worth trying again, in whole seconds, at least 1.
    case down(retryAfterSeconds: Int)
    /// No connection: refused, unreachable, the name does not resolve, the proxy said no. Nothing was sent.
    case connect
    /// No connection: the TLS handshake or the certificate's verification failed. Nothing was sent.
    case tls
    /// A deadline passed; the phase says which.
    case timeout(Phase)
    /// The connection ended before a whole answer and the request could not be repeated.
    case closed
    /// An answer that is not strict HTTP/1.1, is too large (256 KiB), or a 101.
    case invalidResponse
    /// The client went away while the request still waited for a connection, or the edge shuts down. Nothing was sent.
    case cancelled
    /// A value of the request holds a byte that its header field does not allow. Nothing was sent. The rules let no such
    /// value pass, so this is a mistake of ours.
    case invalidRequest

    package enum Phase: String, Hashable, Sendable { case queue, connect, firstByte, total }

    /// Whether it says that the upstream does not connect or answer as it should.
    var isOfUpstream: Bool {
        switch self {
        case .connect, .tls, .closed, .invalidResponse, .timeout(.connect), .timeout(.firstByte), .timeout(.total): true
        case .overloaded, .down, .timeout(.queue), .cancelled, .invalidRequest: false
        }
    }
}

/// What happened on the way, for the access log's `upstream`.
package struct UpstreamTrace: Sendable {
    /// The peer of the last attempt, as `address:port`; the proxy where there is one.
    package var address: String?
    /// Whether the last attempt used a connection that had served before.
    package var isReused = false
    /// Microseconds from acceptance until there was a connection, or there was to be none; nil for a request that was
    /// not accepted.
    package var waitMicroseconds: Int?
    /// Microseconds to resolve and connect, and for the TLS handshake after it; nil on a reused connection.
    package var connectMicroseconds: Int?
    package var tlsMicroseconds: Int?
    /// Microseconds from acceptance to the first byte of the answer, and to its end or the failure.
    package var firstByteMicroseconds: Int?
    package var totalMicroseconds = 0
    /// How often any of the request was sent: 0 for never, 2 after a repeat.
    package var attempts = 0
    /// Whether bytes of the request may have reached Plunk without a whole answer coming back, in any attempt: an answer
    /// to the second does not say what became of the first.
    package var mayHaveBeenRecorded = false
    /// Why there was no connection, in libcurl's words and the system's: for the operator, not for the client.
    package var cause: String?

    package init() {}
}

/// The one result of one ``UpstreamRequest``.
package enum UpstreamResult: Sendable {
    case answer(UpstreamAnswer, UpstreamTrace)
    case failure(UpstreamFailure, UpstreamTrace)
}
