internal import NIOHTTP2

/// Whether the frame handler can read no further. It says GOAWAY by itself only then; behind a GOAWAY of ours it cannot,
/// and what it says of its failure comes in two errors.
struct FrameFailure: Equatable {
    /// What it has fired an error for.
    enum Cause {
        /// It wanted to say GOAWAY behind ours. The reason is the next error.
        case unsaidGoAway
        /// A frame of a stream that there is not.
        case noSuchStream
        /// Anything else that is wrong with frames, those of one stream included.
        case http2
        /// The socket's, and not the frame handler's.
        case connection

        init(_ error: any Error) {
            switch error {
            case is NIOHTTP2Errors.RaisedGoawayLastStreamID: self = .unsaidGoAway
            case is NIOHTTP2Errors.NoSuchStream: self = .noSuchStream
            case is any NIOHTTP2Error: self = .http2
            default: self = .connection
            }
        }
    }

    enum Action {
        case none
        /// It has stopped behind a frame that is no failure, and what lies behind it is to be read.
        case readOn
        /// The client does not follow the protocol.
        case fail
        case close
    }

    /// Whether it has given the connection up.
    private var isGivenUp = false
    /// Whether it wanted to, and could not say so.
    private var wantsToGiveUp = false

    /// The frame handler has written a GOAWAY with the code of an error, or we have.
    ///
    /// - Parameter isEnding: whether the connection ends already, for a reason that is known.
    mutating func saidGoAway(isEnding: Bool) { isGivenUp = !isEnding }

    mutating func caught(_ cause: Cause, isEnding: Bool) -> Action {
        if cause == .unsaidGoAway {
            wantsToGiveUp = !isEnding
            return .none
        }
        // Once: the socket's own errors may follow.
        defer { (isGivenUp, wantsToGiveUp) = (false, false) }
        // The body of a request that it has ignored behind our GOAWAY is no failure: the client may have sent both before it
        // read that it should not.
        if wantsToGiveUp, cause == .noSuchStream, !isGivenUp { return .readOn }
        if isGivenUp || wantsToGiveUp { return .fail }
        // Resets and the like. What is wrong with one stream has ended that stream.
        return cause == .connection ? .close : .none
    }
}
