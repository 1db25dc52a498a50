internal import EdgeCore

/// One client connection over HTTP/1.1 as a machine: what may happen when, and what to do about it. It holds no bytes
/// and no sockets; ``HTTP1Session`` executes what it returns.
///
/// One exchange at a time: the next request is read when the last one has been answered and its body is gone, so
/// pipelined requests are answered in order (RFC 9112, section 9.3.2).
struct HTTP1StateMachine: Equatable {
    enum State: Equatable {
        /// Between requests or in the middle of a head. → receiving, discarding, lingering, closed
        case waiting
        /// A head has passed, its body is coming. → exchanging, waiting, lingering, closed
        case receiving(keepAlive: Bool)
        /// Plunk has the request. → waiting, lingering, closed
        case exchanging(keepAlive: Bool)
        /// Answered at the head; the body that still comes is thrown away. → waiting, lingering, closed
        case discarding(budget: Int)
        /// Answered for the last time, our side is shut. What still comes is thrown away so that the answer is not
        /// lost to a reset (RFC 9112, section 9.6). → closed
        case lingering(budget: Int)
        case closed
    }

    enum Action: Equatable {
        case none
        /// Say `100 Continue`; the client waits for it.
        case sendContinue
        /// Write the answer. `close` says so in it and ends our side behind it.
        case sendAnswer(close: Bool)
        /// End our side behind what has been written.
        case endOutput
        case close
    }

    /// Which deadline runs.
    enum Phase: Equatable {
        case idle, header, body, linger
        /// The upstream's own deadlines bound an exchange.
        case none
    }

    /// How much of an unwanted body is read before the connection is closed instead.
    static let discardLimit = 64 * 1024

    private(set) var state = State.waiting
    /// Whether the process is going away: every answer is the last.
    private(set) var isDraining = false

    /// Whether bytes are wanted. While an exchange runs they are left where they are.
    var wantsInput: Bool {
        switch state {
        case .waiting, .receiving, .discarding, .lingering: true
        case .exchanging, .closed: false
        }
    }

    /// Whether the reader's bytes are requests; else they are thrown away unread.
    var isReadingRequests: Bool {
        switch state {
        case .waiting, .receiving, .discarding: true
        case .exchanging, .lingering, .closed: false
        }
    }

    /// The deadline that runs now.
    ///
    /// - Parameter isInsideRequest: whether a part of a head has come.
    func phase(isInsideRequest: Bool) -> Phase {
        switch state {
        case .waiting: isInsideRequest ? .header : .idle
        case .receiving: .body
        case .exchanging, .closed: .none
        case .discarding, .lingering: .linger
        }
    }

    // MARK: Events

    /// A head has come and passed.
    ///
    /// - Parameter bodyHasCome: whether the body is in what has been read already.
    mutating func headPassed(_ head: RequestHead, bodyHasCome: Bool) -> Action {
        state = .receiving(keepAlive: head.isKeepAlive)
        return head.expectsContinue && !bodyHasCome ? .sendContinue : .none
    }

    /// A head has come and is answered without its body.
    mutating func headAnswered(_ head: RequestHead, closes: Bool) -> Action {
        // A client that waits for 100 may send the body or not: nobody can tell what its next bytes are.
        var closes = closes || isDraining || !head.isKeepAlive || head.expectsContinue
        if case .length(let length) = head.framing, length > Self.discardLimit { closes = true }
        if closes { return endAfterAnswer() }
        state = .discarding(budget: Self.discardLimit)
        return .sendAnswer(close: false)
    }

    /// The body has come, passed, and went upstream.
    mutating func bodyForwarded() {
        guard case .receiving(let keepAlive) = state else { return }
        state = .exchanging(keepAlive: keepAlive)
    }

    /// The answer to the whole request is there, Plunk's or a rule's.
    mutating func answered(closes: Bool) -> Action {
        switch state {
        case .receiving(let keepAlive), .exchanging(let keepAlive):
            if closes || isDraining || !keepAlive { return endAfterAnswer() }
            state = .waiting
            return .sendAnswer(close: false)
        case .waiting, .discarding, .lingering, .closed:
            return .none
        }
    }

    /// The last byte of an unwanted body has come.
    mutating func bodyDiscarded() -> Action {
        guard case .discarding = state else { return .none }
        if isDraining { return end() }
        state = .waiting
        return .none
    }

    /// Bytes of an unwanted body have come.
    mutating func discarded(_ count: Int) -> Action {
        switch state {
        case .discarding(let budget) where count <= budget:
            state = .discarding(budget: budget - count)
            return .none
        case .lingering(let budget) where count <= budget:
            state = .lingering(budget: budget - count)
            return .none
        case .discarding:
            return linger()
        case .lingering:
            return end()
        case .waiting, .receiving, .exchanging, .closed:
            return .none
        }
    }

    /// The bytes are no request, or not in time. An answer is owed unless one has been given already.
    mutating func requestFailed() -> Action {
        switch state {
        case .waiting, .receiving: endAfterAnswer()
        case .discarding: linger()
        case .lingering: end()
        case .exchanging, .closed: .none
        }
    }

    /// A deadline has passed at which there is nobody to answer.
    mutating func deadlinePassed() -> Action {
        switch state {
        case .waiting, .discarding, .lingering: end()
        case .receiving, .exchanging, .closed: .none
        }
    }

    /// The process is going away. A connection between requests ends now, others after their answer.
    ///
    /// - Parameters:
    ///   - hasInput: whether a part of a request, or more, has come and waits.
    ///   - hasOutput: whether the client has not taken all its answers.
    mutating func drain(hasInput: Bool, hasOutput: Bool) -> Action {
        isDraining = true
        guard state == .waiting, !hasInput else { return .none }
        return hasOutput ? linger() : end()
    }

    /// The socket is gone.
    mutating func connectionClosed() { state = .closed }

    private mutating func endAfterAnswer() -> Action {
        state = .lingering(budget: Self.discardLimit)
        return .sendAnswer(close: true)
    }

    /// The answer that has been given was the last: it must reach the client before the connection goes.
    private mutating func linger() -> Action {
        state = .lingering(budget: Self.discardLimit)
        return .endOutput
    }

    private mutating func end() -> Action {
        state = .closed
        return .close
    }
}
