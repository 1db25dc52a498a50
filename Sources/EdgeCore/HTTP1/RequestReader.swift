/// Cuts one connection's bytes into requests (RFC 9112), however they arrive. Pure: it is handed what has come and says
/// how much it used and what happened. It never looks past the request it is in, so pipelined requests come out one
/// after the other when the caller asks for them.
package struct RequestReader: Sendable {
    package enum Event: Sendable {
        /// Nothing more can be said before more bytes come.
        case needsMore
        /// A head; the body, if any, is read next.
        case head(RequestHead)
        /// The whole body; the next byte begins the next request.
        case body([UInt8])
        /// A body that nobody wants has ended (see ``discardBody()``).
        case discarded
        /// Nothing after this can be trusted.
        case failure(RequestFailure)
    }

    private enum State: Sendable {
        /// In a head of which this many bytes hold no end.
        case head(scanned: Int)
        case fixed(remaining: Int)
        case chunked(ChunkedDecoder)
        case failed
    }

    private var state = State.head(scanned: 0)
    private var body: [UInt8] = []
    private var isDiscarding = false
    /// Whether an empty line has come before the present head.
    private var hasForgivenLine = false

    package init() {}

    /// Whether the bytes of a request have begun to come: with a header deadline, no longer an idle one.
    package private(set) var isInsideRequest = false

    /// Throws the present request's body away as it comes.
    package mutating func discardBody() { isDiscarding = true }

    /// How much memory the body that is under way takes, in bytes.
    package var bodyCapacity: Int { body.capacity }

    /// Overwrites what has come of a body that nobody will read, and lets go of it: its request has ended before it.
    package mutating func dropBody() {
        Erasure.erase(body)
        body = []
    }

    /// Looks at `input`, which starts where the last call stopped.
    ///
    /// - Returns: how many bytes were used, and the event they ended in.
    package mutating func next(
        _ input: UnsafeRawBufferPointer, limits: ConnectionSettings, maximumBodySize: Int
    ) -> (used: Int, event: Event) {
        do throws(RequestFailure) {
            switch state {
            case .head(let scanned):
                return try head(input, scanned: scanned, limits: limits, maximumBodySize: maximumBodySize)
            case .fixed(let remaining):
                return fixed(input, remaining: remaining)
            case .chunked(let decoder):
                return try chunked(input, decoder: decoder)
            case .failed:
                return (input.count, .needsMore)
            }
        } catch {
            state = .failed
            return (input.count, .failure(error))
        }
    }

    // MARK: Head

    private mutating func head(
        _ input: UnsafeRawBufferPointer, scanned: Int, limits: ConnectionSettings, maximumBodySize: Int
    ) throws(RequestFailure) -> (Int, Event) {
        // One empty line before a request is forgiven (RFC 9112, section 2.2).
        let isEmptyLine = !hasForgivenLine && input.count >= 2 && input[0] == 0x0D && input[1] == 0x0A
        let start = isEmptyLine ? 2 : 0
        let bytes = UnsafeRawBufferPointer(rebasing: input[start...]).assumingMemoryBound(to: UInt8.self)
        if bytes.isEmpty || (bytes.count == 1 && bytes[0] == 0x0D && !isEmptyLine && !hasForgivenLine) {
            if isEmptyLine { hasForgivenLine = true }
            return (start, .needsMore)
        }
        guard let (head, end) = try whole(bytes, scanned: scanned, limits) else {
            try HeadEnd.checkUnfinished(
                UnsafeBufferPointer(rebasing: bytes.prefix(limits.headerSize)), from: min(scanned, limits.headerSize))
            guard bytes.count < limits.headerSize else { throw Self.tooLarge(bytes, limit: limits.headerSize) }
            isInsideRequest = true
            if isEmptyLine { hasForgivenLine = true }
            state = .head(scanned: bytes.count)
            return (start, .needsMore)
        }
        hasForgivenLine = false
        isInsideRequest = true
        isDiscarding = false
        switch head.framing {
        case .none: state = .fixed(remaining: 0)
        case .length(let length): state = .fixed(remaining: length)
        case .chunked: state = .chunked(ChunkedDecoder(maximumSize: maximumBodySize))
        }
        return (start + end, .head(head))
    }

    /// Most heads come whole, so the first look reads at once. One that does not is read again when its end is there,
    /// and not for each part of it.
    ///
    /// - Returns: nil if the end has not come. What is wrong with a head is said when it is whole, so that it does not
    ///   depend on how it was cut; only controls and bare line ends are refused as soon as they come (``HeadEnd``).
    private func whole(
        _ bytes: UnsafeBufferPointer<UInt8>, scanned: Int, _ limits: ConnectionSettings
    ) throws(RequestFailure) -> (RequestHead, end: Int)? {
        let bytes = UnsafeBufferPointer(rebasing: bytes.prefix(limits.headerSize))
        guard scanned == 0 || HeadEnd.find(in: bytes, from: scanned) != nil else { return nil }
        do throws(RequestFailure) {
            return try RequestHeadParser.parse(bytes, maximumFields: limits.headerCount)
        } catch {
            guard let end = HeadEnd.find(in: bytes, from: scanned) else { return nil }
            // What would have been refused before the end had come, if it had come in parts, is refused for that.
            try HeadEnd.checkUnfinished(UnsafeBufferPointer(rebasing: bytes[..<end]), from: 0)
            throw error
        }
    }

    /// Whether it is the request line alone that breaks the limit shows in the bytes up to it, whatever has come behind.
    private static func tooLarge(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> RequestFailure {
        bytes.prefix(limit).contains(0x0A) ? .headerTooLarge : .targetTooLong
    }

    // MARK: Body

    private mutating func fixed(_ input: UnsafeRawBufferPointer, remaining: Int) -> (Int, Event) {
        let count = min(remaining, input.count)
        if !isDiscarding, count > 0 {
            if body.isEmpty { body.reserveCapacity(min(remaining, 64 * 1024)) }
            body.append(contentsOf: input[..<count])
        }
        guard count == remaining else {
            state = .fixed(remaining: remaining - count)
            return (count, .needsMore)
        }
        return (count, finish())
    }

    private mutating func chunked(
        _ input: UnsafeRawBufferPointer, decoder: ChunkedDecoder
    ) throws(RequestFailure) -> (Int, Event) {
        var decoder = decoder
        let used: Int
        do throws(ChunkedDecoder.Failure) {
            used = try decoder.decode(input, into: &body)
        } catch {
            switch error {
            case .malformed: throw .malformed("The chunked body is malformed.")
            case .tooLarge: throw .bodyTooLarge(maximum: decoder.maximumSize)
            }
        }
        if isDiscarding { dropBody() }
        if decoder.isComplete { return (used, finish()) }
        state = .chunked(decoder)
        return (used, .needsMore)
    }

    private mutating func finish() -> Event {
        state = .head(scanned: 0)
        isInsideRequest = false
        let whole = body
        body = []
        guard isDiscarding else { return .body(whole) }
        Erasure.erase(whole)
        return .discarded
    }
}
