/// One request of an HTTP/2 connection as a machine: what may happen when, and what to do about it. It holds no bytes;
/// ``HTTP2Stream`` executes what it returns.
struct HTTP2StreamMachine: Equatable {
    enum State: Equatable {
        /// The head has passed, its body is coming. → exchanging, answered, closed
        case receiving
        /// Plunk has the request. → answered, closed
        case exchanging
        /// The answer has been written. The rest of the body is thrown away, and the stream ends when both sides have
        /// said so. → reset, closed
        case answered
        /// It has been given up, and the client is to be told so. That waits as well where the client takes nothing that it
        /// is sent. → closed
        case reset
        case closed
    }

    enum Action: Equatable {
        case none
        /// The body is whole.
        case judgeBody
        /// The body is larger than the limit.
        case refuseSize
        /// The body is not as long as content-length says, which is no request (RFC 9113, section 8.1.1).
        case refuseLength
        /// Write the answer, the last of the stream.
        case sendAnswer
        /// End the stream: the client is told nothing more.
        case reset
        /// The client does not even take that: close the connection.
        case endConnection
    }

    /// Which deadline runs.
    enum Phase: Equatable {
        case body, linger, write, reset
        /// The upstream's own deadlines bound an exchange.
        case none
    }

    /// How much of an unwanted body is read before the stream is reset instead, in bytes: no more than the smallest window
    /// lets come, since nobody opens it again for more.
    static let discardLimit = 65_535

    private(set) var state = State.receiving
    /// Whether the client has sent all that it will.
    private(set) var isInputEnded: Bool
    /// Bytes of the body, or since the answer.
    private var received = 0
    private let announced: Int?
    private let maximumSize: Int
    private let isShared: Bool

    /// - Parameters:
    ///   - isInputEnded: whether the head came without a body.
    ///   - announced: content-length, where it came.
    ///   - maximumSize: of the body, in bytes.
    ///   - isShared: whether the connection has the requests of many clients. Then no stream is reset for the size of what
    ///     nobody wants: the frame handler takes trailers that are on their way to a stream that it has reset for an error
    ///     of the whole connection.
    init(isInputEnded: Bool, announced: Int?, maximumSize: Int, isShared: Bool = false) {
        (self.isInputEnded, self.announced, self.maximumSize) = (isInputEnded, announced, maximumSize)
        self.isShared = isShared
    }

    var phase: Phase {
        switch state {
        case .receiving: .body
        case .exchanging, .closed: .none
        case .answered: isInputEnded ? .write : .linger
        case .reset: .reset
        }
    }

    /// The head has passed.
    func headPassed() -> Action { isInputEnded ? bodyEnded() : .none }

    /// A part of the body has come; the last one, or trailers, end it.
    mutating func received(_ count: Int, isLast: Bool) -> Action {
        received += count
        isInputEnded = isInputEnded || isLast
        switch state {
        case .receiving:
            if let announced, received > announced { return .refuseLength }
            if received > maximumSize { return .refuseSize }
            return isInputEnded ? bodyEnded() : .none
        case .answered:
            return received >= Self.discardLimit && !isInputEnded && !isShared ? giveUp() : .none
        case .exchanging, .reset, .closed: return .none
        }
    }

    private func bodyEnded() -> Action {
        if let announced, received != announced { return .refuseLength }
        return .judgeBody
    }

    /// The request went upstream.
    mutating func forwarded() {
        if state == .receiving { state = .exchanging }
    }

    /// The answer is there.
    mutating func answered() -> Action {
        switch state {
        case .receiving, .exchanging:
            (state, received) = (.answered, 0)
            return .sendAnswer
        case .answered, .reset, .closed: return .none
        }
    }

    /// Nobody waits for more of the client, or for the client to take what it is sent.
    mutating func deadlinePassed() -> Action {
        switch state {
        case .answered: giveUp()
        case .reset: .endConnection
        case .receiving, .exchanging, .closed: .none
        }
    }

    private mutating func giveUp() -> Action {
        state = .reset
        return .reset
    }

    mutating func closed() { state = .closed }
}
