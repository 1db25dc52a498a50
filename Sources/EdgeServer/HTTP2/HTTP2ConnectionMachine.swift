/// One client connection over HTTP/2 as a machine: how it ends. It holds no streams; ``HTTP2Handler`` executes what it
/// returns.
struct HTTP2ConnectionMachine: Equatable {
    enum State: Equatable {
        /// → leaving, left, ending, closed
        case open
        /// The client has been told that the connection ends; what it had sent before it read that is still taken
        /// (RFC 9113, section 6.8). → left, ending, closed
        case leaving
        /// No request is taken any more; those that are under way get their answers. → ending, closed
        case left
        /// Our side is shut. What still comes is thrown away, so that the last words are not lost to a reset. → closed
        case ending
        case closed
    }

    enum Action: Equatable {
        case none
        /// GOAWAY without a last stream, and a PING whose answer says that the client has read it.
        case announceEnd
        /// GOAWAY with the last stream that was taken.
        case refuseStreams
        /// The same, and shut our side behind it.
        case refuseStreamsAndEnd
        /// The same, and close: whoever wants the place gets it at once, and not when this client has closed.
        case refuseStreamsAndClose
        /// The same, with the reason, to a client that sends what nobody needs.
        case endFlood
        /// Shut our side behind what has been written.
        case end
        case close
    }

    private(set) var state = State.open
    private(set) var openStreams = 0
    private(set) var totalStreams = 0
    private var idleFrames = 0
    /// Over the life of the connection.
    private var settings = 0
    /// Bytes since the last request began that are no part of one.
    private var idleBytes = 0
    /// Requests that the client has taken back, less those that have come to their end.
    private var resets = 0

    /// Whether requests are taken.
    var takesRequests: Bool { state == .open || state == .leaving }

    /// A request has begun.
    mutating func streamOpened() -> Action {
        openStreams += 1
        totalStreams += 1
        (idleFrames, idleBytes) = (0, 0)
        return totalStreams >= HTTP2Limits.totalStreams ? leave() : .none
    }

    /// - Parameter isReset: whether one side has broken it off.
    mutating func streamClosed(isReset: Bool = false) -> Action {
        openStreams = max(0, openStreams - 1)
        if !isReset { resets = max(0, resets - 1) }
        return state == .left && openStreams == 0 ? end() : .none
    }

    /// A client that has the connection for itself has taken a request back.
    mutating func requestReset() -> Action {
        resets += 1
        return resets > HTTP2Limits.resets ? endFlood() : .none
    }

    /// A frame has come that is no request and no large part of one.
    mutating func idleFrameReceived() -> Action {
        idleFrames += 1
        return idleFrames > HTTP2Limits.idleFrames ? endFlood() : .none
    }

    /// A frame of so many settings has come.
    mutating func settingsReceived(_ count: Int) -> Action {
        settings += count
        guard count <= HTTP2Limits.settingsAtOnce, settings <= HTTP2Limits.totalSettings else { return endFlood() }
        return idleFrameReceived()
    }

    /// Bytes have come, whatever they are.
    mutating func bytesReceived(_ count: Int) -> Action {
        idleBytes += count
        return idleBytes > HTTP2Limits.idleBytes ? endFlood() : .none
    }

    /// A part of a request's body was among them. The turns of a client cut a frame anywhere, and leave small parts of it.
    mutating func dataReceived(_ count: Int) {
        idleFrames = max(0, idleFrames - count / HTTP2Limits.smallData)
        idleBytes = max(0, idleBytes - count - HTTP2Limits.frameHeaderSize)
    }

    private mutating func endFlood() -> Action {
        guard state != .ending, state != .closed else { return .none }
        state = .ending
        return .endFlood
    }

    /// The process is going away, or the client has had its share.
    mutating func leave() -> Action {
        guard state == .open else { return .none }
        state = .leaving
        return .announceEnd
    }

    /// The client has read that the connection ends, or had the time to.
    mutating func endWasRead() -> Action {
        guard state == .leaving else { return .none }
        guard openStreams > 0 else {
            state = .ending
            return .refuseStreamsAndEnd
        }
        state = .left
        return .refuseStreams
    }

    /// Nothing has happened for too long.
    mutating func idleTimeoutPassed() -> Action {
        switch state {
        case .open, .leaving, .left:
            guard openStreams == 0 else { return .none }
            state = .ending
            return .refuseStreamsAndEnd
        case .ending, .closed: return close()
        }
    }

    /// Somebody else wants the place.
    mutating func cutShort() -> Action {
        switch state {
        case .open, .leaving, .left:
            state = .closed
            return .refuseStreamsAndClose
        case .ending, .closed: return close()
        }
    }

    /// The client does not follow the protocol and has been told so.
    mutating func protocolFailed() -> Action { state == .ending || state == .closed ? .none : end() }

    /// The client has not closed behind our end.
    private mutating func close() -> Action {
        if state == .closed { return .none }
        state = .closed
        return .close
    }

    /// The socket is gone.
    mutating func connectionClosed() { state = .closed }

    private mutating func end() -> Action {
        state = .ending
        return .end
    }
}
