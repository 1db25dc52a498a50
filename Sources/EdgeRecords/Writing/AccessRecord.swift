package import EdgeCore

/// One exchange, as the access log tells it: the table of fields. Built on an event loop from views of what was
/// received, encoded at once, never kept.
package struct AccessRecord {
    package var time: WallTime
    package var requestID: Identifier
    package var client: IPAddress?
    /// `HTTP/1.0`, `HTTP/1.1`, `HTTP/2`.
    package var `protocol`: StaticString?
    /// `TLSv1.3`; nil in clear text.
    package var tls: StaticString?
    // What the client chose: any bytes, cut, freed of keys and escaped on encoding.
    package var method: Bytes?
    /// Without its query.
    package var path: Bytes?
    package var host: Bytes?
    package var origin: Bytes?
    package var userAgent: Bytes?
    package var key: KeyFingerprint?
    /// Nil where no answer was sent.
    package var status: Int?
    package var outcome: Outcome
    package var code: ErrorCode?
    package var reason: Reason?
    package var bytesIn: Int
    package var bytesOut: Int
    package var durationMicroseconds: Int
    package var upstream: Upstream?

    package struct Upstream {
        package var status: Int?
        package var requestID: Bytes?
        package var address: String?
        /// `HTTP/1.1`.
        package var `protocol`: StaticString?
        package var isReused: Bool?
        package var connectMicroseconds: Int?
        package var tlsMicroseconds: Int?
        package var firstByteMicroseconds: Int?
        package var totalMicroseconds: Int?
        package var attempts: Int

        package init(attempts: Int) { self.attempts = attempts }
    }

    package init(time: WallTime, requestID: Identifier, outcome: Outcome) {
        (self.time, self.requestID, self.outcome) = (time, requestID, outcome)
        (bytesIn, bytesOut, durationMicroseconds) = (0, 0, 0)
    }
}
