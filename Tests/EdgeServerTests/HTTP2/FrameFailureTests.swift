import Testing

@testable import EdgeServer

/// What comes of the frame handler's errors.
@Suite struct FrameFailureTests {
    typealias Cause = FrameFailure.Cause
    typealias Action = FrameFailure.Action

    static let withoutGoAway: [(cause: Cause, action: Action)] = [
        (.unsaidGoAway, .none), (.noSuchStream, .none), (.http2, .none), (.connection, .close),
    ]

    @Test("Without a GOAWAY only the socket's errors end the connection", arguments: withoutGoAway)
    func alone(cause: Cause, action: Action) {
        var failure = FrameFailure()
        #expect(failure.caught(cause, isEnding: false) == action)
    }

    @Test("What follows a GOAWAY is a failure, once", arguments: [Cause.noSuchStream, .http2, .connection])
    func said(cause: Cause) {
        var failure = FrameFailure()
        failure.saidGoAway(isEnding: false)
        #expect(failure.caught(cause, isEnding: false) == .fail)
        #expect(failure == FrameFailure())
    }

    static let behindUnsaid: [(cause: Cause, action: Action)] = [
        (.noSuchStream, .readOn), (.http2, .fail), (.connection, .fail),
    ]

    @Test("What follows one that could not be said is too, but for a body that is ignored", arguments: behindUnsaid)
    func unsaid(cause: Cause, action: Action) {
        var failure = FrameFailure()
        #expect(failure.caught(.unsaidGoAway, isEnding: false) == .none)
        #expect(failure.caught(cause, isEnding: false) == action)
        #expect(failure == FrameFailure())
    }

    @Test("A connection that ends does not fail", arguments: [true, false])
    func ending(isSaid: Bool) {
        var failure = FrameFailure()
        if isSaid { failure.saidGoAway(isEnding: true) } else { _ = failure.caught(.unsaidGoAway, isEnding: true) }
        #expect(failure.caught(.http2, isEnding: true) == .none)
        #expect(failure.caught(.connection, isEnding: true) == .close)
    }
}
