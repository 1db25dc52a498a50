internal import EdgeCore

/// One connection of the pool and the exchange on it: one request out, one answer in, then the next. Confined to one
/// event loop; owned by the table of its client.
final class Connection: Equatable {
    enum End {
        case answer(UpstreamAnswer, isReusable: Bool)
        /// Not an answer.
        case invalid
        /// The peer closed the connection or it broke before the answer was over.
        case lost
    }

    let owner: UInt32
    let transport: Transport
    /// Not used beyond this, so that a changed address of the upstream is noticed.
    let expires: Instant
    private let isTLS: Bool

    private(set) var isConnected = false
    private var peer: String?
    private var hasServed = false
    /// Whether it has been without a request: then something may have come that belongs to none.
    private(set) var hasRested = false
    /// Of the request before this one.
    private var earlierRequestID: Identifier?

    /// The request that is on the connection, or that it is being opened for.
    var call: UpstreamCall?
    private var sentCount = 0
    private var parser = ResponseParser()
    /// When the last byte of the request went out.
    private var sentAt: Instant?

    init(owner: UInt32, transport: Transport, isTLS: Bool, expires: Instant) {
        (self.owner, self.transport, self.isTLS, self.expires) = (owner, transport, isTLS, expires)
    }

    static func == (left: Connection, right: Connection) -> Bool { left === right }

    func connected() {
        isConnected = true
        peer = transport.peer
    }

    /// It is kept for a request that may come.
    func rests() { hasRested = true }

    // MARK: The exchange

    /// Whether any byte of the request has gone out, and of the answer has come in.
    var hasSent: Bool { sentCount > 0 }
    var hasAnswerBegun: Bool { parser.hasBegun }

    /// Whether the answer should have begun by now.
    func isLate(_ timeout: Instant.Span, _ now: Instant) -> Bool {
        guard let sentAt, !hasAnswerBegun else { return false }
        return sentAt.advanced(by: timeout) <= now
    }

    /// Starts to send a request. The answer is not asked for before the socket is readable: it cannot be there yet.
    func begin(_ call: UpstreamCall, _ now: Instant) -> End? {
        self.call = call
        (sentCount, sentAt, parser) = (0, nil, ResponseParser())
        call.waitEnded(after: call.microseconds(now))
        call.trace.address = peer
        call.trace.isReused = hasServed
        call.trace.connectMicroseconds = hasServed ? nil : transport.connectMicroseconds
        call.trace.tlsMicroseconds = hasServed ? nil : transport.tlsMicroseconds
        hasServed = true
        return flush(now)
    }

    func advance(isReadable: Bool, isWritable: Bool, _ scratch: UnsafeMutableRawBufferPointer, _ now: Instant) -> End? {
        // Reading first: a refusal may come, and the connection go, before the request is all sent.
        if isReadable, let end = receive(scratch, now) { return end }
        return isWritable ? flush(now) : nil
    }

    /// Forgets the exchange.
    func end() {
        earlierRequestID = call?.requestID
        call = nil
    }

    private func flush(_ now: Instant) -> End? {
        guard let call, sentAt == nil else { return nil }
        while sentCount < call.bytes.count {
            let sent = call.bytes.withUnsafeBytes {
                transport.send(UnsafeRawBufferPointer(rebasing: $0[sentCount...]))
            }
            switch sent {
            case .bytes(let count):
                if sentCount == 0 { call.trace.attempts += 1 }
                sentCount += count
            case .wouldBlock:
                transport.waitToWrite(true)
                return nil
            case .failed: return .lost
            }
        }
        sentAt = now
        transport.waitToWrite(false)
        return nil
    }

    private func receive(_ scratch: UnsafeMutableRawBufferPointer, _ now: Instant) -> End? {
        var end: End?
        while true {
            switch transport.receive(into: scratch) {
            case .bytes(let count):
                // Behind the answer: whose answer would that be?
                if let end { return end.withoutReuse }
                if !hasAnswerBegun { call?.answerBegan(now) }
                end = take(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
                // What libcurl has decrypted does not make the socket readable, so with TLS all of it is taken. In the
                // clear the socket will say so: one receive call fewer for each request.
                if isTLS ? isInvalid(end) : (end != nil || count < scratch.count) { return end }
            case .wouldBlock: return end
            case .ended: return end?.withoutReuse ?? take(parser.end())
            case .failed: return end?.withoutReuse ?? .lost
            }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> End? {
        switch parser.feed(bytes) {
        case .incomplete: nil
        // An answer to half a request leaves the other half on the way.
        case .complete(let answer, let isReusable):
            // Somebody else's: the upstream has answered one request twice, and is one answer behind since.
            isOfEarlierRequest(answer) ? .invalid : .answer(answer, isReusable: isReusable && sentAt != nil)
        case .invalid: .invalid
        }
    }

    /// Whether an answer names the request before this one, as an upstream does that takes on the ids it is sent.
    private func isOfEarlierRequest(_ answer: UpstreamAnswer) -> Bool {
        guard let earlierRequestID, let named = answer.requestID, let call else { return false }
        return earlierRequestID.isWritten(named) && !call.requestID.isWritten(named)
    }

    private func take(_ end: ResponseParser.Step?) -> End {
        guard case .complete(let answer, _) = end else { return .lost }
        return .answer(answer, isReusable: false)
    }

    private func isInvalid(_ end: End?) -> Bool {
        guard case .invalid = end else { return false }
        return true
    }

    // MARK: Idle

    /// Whether an idle connection whose socket is readable is no longer fit: closed, or saying something unasked.
    /// Messages of TLS itself, such as session tickets, are no harm.
    func isSpoilt(_ scratch: UnsafeMutableRawBufferPointer) -> Bool {
        transport.hasUnreadInput && transport.receive(into: scratch) != .wouldBlock
    }
}

extension Connection.End {
    fileprivate var withoutReuse: Self {
        switch self {
        case .answer(let answer, _): .answer(answer, isReusable: false)
        case .invalid, .lost: self
        }
    }
}
