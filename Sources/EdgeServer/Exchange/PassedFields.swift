internal import EdgeCore
internal import EdgeRecords
internal import EdgeUpstream

/// The few fields of a request whose values go on, each checked against what it may hold.
enum PassedFields {
    private static let maximumUserAgentLength = 256
    static let ownUserAgent = Array("plunk-edge".utf8)[...]

    /// `X-Request-ID` of a trusted proxy, if it is a plain name of 1 to 128 characters that hides no key.
    static func requestID(of head: RequestHead) -> Bytes? {
        guard let value = head.value(of: .requestID), head.lines(of: .requestID) == 1, (1...128).contains(value.count),
            value.allSatisfy(\.isTokenCharacter), KeyRedaction.redacted(value) == nil
        else { return nil }
        return value
    }

    /// The client's, cut and freed of keys, or the edge's own where there is none in printable ASCII.
    static func userAgent(of head: RequestHead) -> Bytes {
        guard let value = head.value(of: .userAgent), !value.isEmpty, value.isPrintable else { return ownUserAgent }
        // Freed of keys before it is cut: a cut could make one too short to be known.
        return (KeyRedaction.redacted(value)?[...] ?? value).prefix(maximumUserAgentLength)
    }

    /// W3C Trace Context, section 3.2: version 00, ids that are not all zeros, lower-case hexadecimal.
    static func traceparent(of head: RequestHead) -> Bytes? {
        guard let value = head.value(of: .traceparent), head.lines(of: .traceparent) == 1, value.count == 55,
            value.prefix(3).equals("00-")
        else { return nil }
        let text = Array(value)
        let isWellFormed = text.indices.allSatisfy { index in
            index == 2 || index == 35 || index == 52
                ? text[index] == UInt8(ascii: "-") : text[index].hexDigitValue != nil && text[index] & 0x60 != 0x40
        }
        let hasIDs = text[3..<35].contains { $0 != 0x30 } && text[36..<52].contains { $0 != 0x30 }
        return isWellFormed && hasIDs ? value : nil
    }
}

extension AccessRecord.Upstream {
    /// What the log tells of the way to Plunk and back; nothing was tried if there was no attempt.
    init(_ trace: borrowing UpstreamTrace, status: Int?, requestID: Bytes?) {
        self.init(attempts: trace.attempts)
        self.status = status
        self.requestID = requestID
        address = trace.address
        isReused = trace.attempts > 0 ? trace.isReused : nil
        // The only one that is spoken upstream.
        self.protocol = trace.attempts > 0 ? "HTTP/1.1" : nil
        connectMicroseconds = trace.connectMicroseconds
        tlsMicroseconds = trace.tlsMicroseconds
        firstByteMicroseconds = trace.firstByteMicroseconds
        totalMicroseconds = trace.totalMicroseconds
    }
}
