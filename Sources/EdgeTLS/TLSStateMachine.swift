/// One TLS connection as a machine: what may happen when, and what to do about it. It holds no bytes and no keys;
/// ``TLSHandler`` executes what it returns, with OpenSSL doing the work behind ``TLSConnection``.
struct TLSStateMachine: Equatable {
    enum State: Equatable {
        /// Nothing of the application's goes either way. → active, closed
        case handshaking
        /// → closing, closed
        case active
        /// We have said close_notify; what the client still sends is handed on, to be counted and thrown away. → closed
        case closing
        case closed
    }

    enum Action: Equatable {
        case none
        /// Tell the handlers behind that the handshake is done.
        case begin
        /// Hand the client's bytes on.
        case deliver
        /// Say close_notify; the way out ends behind it.
        case sayClose
        /// Say close_notify and close.
        case sayCloseAndClose
        /// Close without a word of ours: nobody would hear it, or the connection cannot be trusted any more. An alert
        /// of OpenSSL's has gone out before.
        case close
    }

    private(set) var state = State.handshaking

    /// Whether the application's bytes may be encrypted now.
    var canWrite: Bool { state == .active }

    /// Whether the client's may be decrypted.
    var canRead: Bool { state == .active || state == .closing }

    mutating func handshakeDone() -> Action {
        guard state == .handshaking else { return .none }
        state = .active
        return .begin
    }

    /// A handshake, or a record, that OpenSSL refuses, or that cannot be made.
    mutating func failed() -> Action {
        guard state != .closed else { return .none }
        state = .closed
        return .close
    }

    /// A record of the client's.
    mutating func received() -> Action {
        switch state {
        case .active, .closing: .deliver
        case .handshaking, .closed: .none
        }
    }

    /// The client's close_notify: it sends no more, and counts as gone, as one that half-closes in clear text does.
    mutating func peerSaidClose() -> Action { close() }

    /// The handlers behind send no more.
    mutating func endOutput() -> Action {
        switch state {
        case .active:
            state = .closing
            return .sayClose
        case .handshaking: return failed()
        case .closing, .closed: return .none
        }
    }

    /// The handlers behind, or the client, close the connection.
    mutating func close() -> Action {
        switch state {
        case .active:
            state = .closed
            return .sayCloseAndClose
        case .handshaking, .closing: return failed()
        case .closed: return .none
        }
    }

    /// The socket is gone.
    mutating func connectionClosed() { state = .closed }
}
