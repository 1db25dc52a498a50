internal import EdgeCore

/// Reads one answer of the upstream, however its bytes are cut (RFC 9112). Strict: whatever could be understood in two
/// ways is invalid, because the next answer on the connection would be read from the wrong place. Pure.
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
        case sizedBody(remaining: Int)
        case chunkedBody(ChunkedDecoder)
        case bodyToClose
        /// Complete or invalid: no more input.
        case over
    }

    private var state = State.statusLine
    private var head = ResponseHead()
    /// The start of a line whose end has not come yet.
    private var partialLine: [UInt8] = []
    private var headSize = 0
    private var informationalCount = 0
    private var body: [UInt8] = []

    /// Whether any byte of an answer has come.
    private(set) var hasBegun = false

    /// The next bytes of the connection. After ``Step/complete(_:isReusable:)`` and ``Step/invalid`` nothing may follow.
    mutating func feed(_ input: UnsafeRawBufferPointer) -> Step {
        if !input.isEmpty { hasBegun = true }
        var rest = input[...]
        while true {
            let step: Step?
            switch state {
            case .statusLine, .fieldLine: step = takeLine(&rest)
            case .sizedBody(let remaining): step = takeSizedBody(&rest, remaining)
            case .chunkedBody(let decoder): step = takeChunks(&rest, decoder)
            case .bodyToClose: step = takeBodyToClose(&rest)
            case .over: step = .invalid
            }
            if let step { return step }
        }
    }

    /// The peer has closed the connection.
    ///
    /// - Returns: nil when the answer was not over and is lost.
    mutating func end() -> Step? {
        guard case .bodyToClose = state else { return nil }
        return complete(rest: [][...])
    }

    // MARK: Lines

    /// - Returns: nil to go on.
    private mutating func takeLine(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Step? {
        let bytes = UnsafeRawBufferPointer(rebasing: rest).assumingMemoryBound(to: UInt8.self)
        guard let lineFeed = ByteSearch.first(0x0A, in: bytes) else {
            guard headSize + partialLine.count + rest.count <= Self.headLimit else { return invalid() }
            partialLine.append(contentsOf: rest)
            return .incomplete
        }
        let line = bytes[..<lineFeed]
        rest = rest.dropFirst(lineFeed + 1)
        headSize += partialLine.count + line.count + 1
        guard headSize <= Self.headLimit else { return invalid() }
        guard partialLine.isEmpty else {
            partialLine.append(contentsOf: line)
            let whole = partialLine
            partialLine.removeAll(keepingCapacity: true)
            return whole.withUnsafeBufferPointer { readLine($0[...], rest) }
        }
        return readLine(line, rest)
    }

    /// - Parameter line: without the line feed.
    private mutating func readLine(
        _ line: ResponseHead.Line, _ rest: Slice<UnsafeRawBufferPointer>
    ) -> Step? {
        guard line.last == 0x0D else { return invalid() }
        let line = line.dropLast()
        if case .statusLine = state {
            guard head.readStatusLine(line) else { return invalid() }
            state = .fieldLine
            return nil
        }
        guard line.isEmpty else { return head.readField(line) ? nil : invalid() }
        return beginBody(rest)
    }

    /// Decides how the body is framed (RFC 9112, section 6.3).
    private mutating func beginBody(_ rest: Slice<UnsafeRawBufferPointer>) -> Step? {
        guard let framing = head.framing else { return invalid() }
        switch framing {
        case .informational:
            informationalCount += 1
            guard informationalCount <= Self.informationalLimit else { return invalid() }
            head = ResponseHead()
            state = .statusLine
            return nil
        case .none: return complete(rest: rest)
        case .sized(let count):
            guard count <= Self.bodyLimit else { return invalid() }
            guard count > 0 else { return complete(rest: rest) }
            body.reserveCapacity(count)
            state = .sizedBody(remaining: count)
        case .chunked: state = .chunkedBody(ChunkedDecoder(maximumSize: Self.bodyLimit))
        case .toClose: state = .bodyToClose
        }
        return nil
    }

    // MARK: Body

    private mutating func takeSizedBody(_ rest: inout Slice<UnsafeRawBufferPointer>, _ remaining: Int) -> Step? {
        let part = rest.prefix(remaining)
        body.append(contentsOf: part)
        rest = rest.dropFirst(part.count)
        if part.count == remaining { return complete(rest: rest) }
        state = .sizedBody(remaining: remaining - part.count)
        return .incomplete
    }

    private mutating func takeChunks(
        _ rest: inout Slice<UnsafeRawBufferPointer>, _ decoder: ChunkedDecoder
    ) -> Step? {
        var decoder = decoder
        guard let used = try? decoder.decode(UnsafeRawBufferPointer(rebasing: rest), into: &body) else {
            return invalid()
        }
        rest = rest.dropFirst(used)
        if decoder.isComplete { return complete(rest: rest) }
        state = .chunkedBody(decoder)
        return .incomplete
    }

    private mutating func takeBodyToClose(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Step? {
        guard rest.count <= Self.bodyLimit - body.count else { return invalid() }
        body.append(contentsOf: rest)
        return .incomplete
    }

    // MARK: Ends

    /// - Parameter rest: bytes behind the answer, which nobody asked for.
    private mutating func complete(rest: some Collection<UInt8>) -> Step {
        state = .over
        var answer = UpstreamAnswer(status: head.status, body: body, isJSON: head.isJSON)
        answer.retryAfter = head.retryAfter
        answer.rateLimitLimit = head.rateLimitLimit
        answer.rateLimitRemaining = head.rateLimitRemaining
        answer.rateLimitReset = head.rateLimitReset
        answer.requestID = head.requestID
        return .complete(answer, isReusable: head.isPersistent && rest.isEmpty)
    }

    private mutating func invalid() -> Step {
        state = .over
        return .invalid
    }
}
