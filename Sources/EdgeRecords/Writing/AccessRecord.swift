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
    package var request: Request?
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

    /// What the client chose: any bytes, cut, freed of keys and escaped on encoding.
    package struct Request {
        /// The bytes that the others point into.
        package var text: [UInt8]
        package var method: Range<Int>?
        /// Without its query.
        package var path: Range<Int>?
        package var host: Range<Int>?
        package var origin: Range<Int>?
        package var userAgent: Range<Int>?

        package init(text: [UInt8]) { self.text = text }

        package init(_ head: RequestHead) {
            text = head.storage
            (method, path, host) = (head.methodRange, head.pathRange, head.range(of: .host))
            (origin, userAgent) = (head.range(of: .origin), head.range(of: .userAgent))
        }
    }

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
