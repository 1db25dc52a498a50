internal import EdgeCore

/// Reads one answer of the upstream, however its bytes are cut (RFC 9112). Strict: whatever could be understood in two
/// ways is invalid, because the next answer on the connection would be read from the wrong place. Pure.
///
/// What comes is kept in one piece, and the answer is a view of it: most answers come at once, and are copied once.
struct ResponseParser {
    enum Step {
        /// More bytes, or the end of the connection, have to come.
        case incomplete
        /// - Parameter isReusable: whether another request may follow on the connection.
        case complete(UpstreamAnswer, isReusable: Bool)
        case invalid
    }

    /// All lines before the body together, informational answers included.
    static let headLimit = 64 * 1024
    static let bodyLimit = 256 * 1024
    /// How many informational (1xx) answers may come before the real one.
    static let informationalLimit = 8

    private enum State {
        case statusLine
        case fieldLine
        case sizedBody(end: Int)
        case chunkedBody(ChunkedDecoder)
        case bodyToClose
        /// Complete or invalid: no more input.
        case over
    }

    private var state = State.statusLine
    private var head = ResponseHead()
    /// What has come; of a chunked body its content.
    private var bytes: [UInt8] = []
    /// Where the next line begins, later the body.
    private var start = 0
    private var informationalCount = 0

    /// Whether any byte of an answer has come.
    var hasBegun: Bool { !bytes.isEmpty }

    /// The next bytes of the connection. After ``Step/complete(_:isReusable:)`` and ``Step/invalid`` nothing may follow.
    mutating func feed(_ input: UnsafeRawBufferPointer) -> Step {
        if case .chunkedBody(let decoder) = state { return takeChunks(input, decoder) }
        bytes.append(contentsOf: input)
        switch state {
        case .statusLine, .fieldLine: return takeHead()
        case .sizedBody(let end): return takeSizedBody(end)
        case .bodyToClose: return takeBodyToClose()
        case .chunkedBody, .over: return invalid()
        }
    }

    /// The peer has closed the connection.
    ///
    /// - Returns: nil when the answer was not over and is lost.
    mutating func end() -> Step? {
        guard case .bodyToClose = state else { return nil }
        return complete(isReusable: false)
    }

    // MARK: Head

    private enum HeadStep { case incomplete, invalid, end }

    private mutating func takeHead() -> Step {
        while true {
            switch takeLines() {
            case .incomplete: return bytes.count <= Self.headLimit ? .incomplete : invalid()
            case .invalid: return invalid()
            case .end: if let step = beginBody() { return step }
            }
        }
    }

    /// Reads lines up to the empty one, or as far as they have come.
    private mutating func takeLines() -> HeadStep {
        let (limit, received) = (Self.headLimit, bytes)
        return received.withUnsafeBufferPointer { text in
            if case .statusLine = state {
                guard let lineFeed = ByteSearch.first(0x0A, in: text, from: start) else { return .incomplete }
                guard lineFeed > start, text[lineFeed - 1] == 0x0D, head.readStatusLine(text[start..<lineFeed - 1])
                else { return .invalid }
                (start, state) = (lineFeed + 1, .fieldLine)
            }
            while start <= limit, start < text.count {
                if text[start] == 0x0D {
                    guard start + 1 < text.count else { return .incomplete }
                    start += 2
                    return text[start - 1] == 0x0A ? .end : .invalid
                }
                do throws(FieldLine.Failure) {
                    guard let line = try FieldLine(text, at: start) else { return .incomplete }
                    guard head.readField(line, in: text) else { return .invalid }
                    start = line.end
                } catch {
                    return .invalid
                }
            }
            return start <= limit ? .incomplete : .invalid
        }
    }

    /// Decides how the body is framed (RFC 9112, section 6.3).
    ///
    /// - Returns: nil to go on with the next head.
    private mutating func beginBody() -> Step? {
        guard start <= Self.headLimit, let framing = head.framing else { return invalid() }
        switch framing {
        case .informational:
            informationalCount += 1
            guard informationalCount <= Self.informationalLimit else { return invalid() }
            (head, state) = (ResponseHead(), .statusLine)
            return nil
        case .none: return complete(isReusable: bytes.count == start, end: start)
        case .sized(let count):
            guard count <= Self.bodyLimit else { return invalid() }
            bytes.reserveCapacity(start + count)
            return takeSizedBody(start + count)
        case .chunked:
            let received = Array(bytes[start...])
            bytes.removeSubrange(start...)
            return received.withUnsafeBytes { takeChunks($0, ChunkedDecoder(maximumSize: Self.bodyLimit)) }
        case .toClose: return takeBodyToClose()
        }
    }

    // MARK: Body

    private mutating func takeSizedBody(_ end: Int) -> Step {
        if bytes.count >= end { return complete(isReusable: bytes.count == end, end: end) }
        state = .sizedBody(end: end)
        return .incomplete
    }

    private mutating func takeChunks(_ input: UnsafeRawBufferPointer, _ decoder: ChunkedDecoder) -> Step {
        var decoder = decoder
        guard let used = try? decoder.decode(input, into: &bytes) else { return invalid() }
        if decoder.isComplete { return complete(isReusable: used == input.count) }
        state = .chunkedBody(decoder)
        return .incomplete
    }

    private mutating func takeBodyToClose() -> Step {
        guard bytes.count - start <= Self.bodyLimit else { return invalid() }
        state = .bodyToClose
        return .incomplete
    }

    // MARK: Ends

    /// - Parameters:
    ///   - isReusable: whether nothing has come behind the answer, which nobody asked for.
    ///   - end: of the body; nil: of all that has come.
    private mutating func complete(isReusable: Bool, end: Int? = nil) -> Step {
        state = .over
        if let end, end < bytes.count { bytes.removeSubrange(end...) }
        let answer = UpstreamAnswer(
            status: head.status, isJSON: head.isJSON, fields: head.fields, bytes: bytes, bodyStart: start)
        return .complete(answer, isReusable: isReusable && head.isPersistent)
    }

    private mutating func invalid() -> Step {
        state = .over
        return .invalid
    }
}
