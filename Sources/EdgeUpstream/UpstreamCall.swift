internal import EdgeCore

/// A request on its way, from ``UpstreamClient/send(_:completion:)`` to its one result. Confined to the client's event
/// loop.
package final class UpstreamCall: Equatable {
    /// The request as it is written, the same for each attempt.
    let bytes: [UInt8]
    let hasIdempotencyKey: Bool
    let requestID: Identifier
    let accepted: Instant
    /// When it fails at the latest.
    let deadline: Instant

    var trace = UpstreamTrace()
    /// Whether it has been given a second connection.
    var isRepeat = false
    /// Set while it is on a connection, or one is being opened for it alone.
    var connection: Connection?
    /// Whether one of our methods is at work that its owner called; the result waits until it has returned.
    var isBeingCalled = true
    /// Where the client keeps it.
    var index = 0
    /// Whether its result is certain, which somebody may still have to be told.
    private(set) var isOver = false
    /// Nil once there is a result, which also lets go of the client.
    private var open: (client: UpstreamClient, completion: (UpstreamResult) -> Void)?

    init(
        bytes: [UInt8], hasIdempotencyKey: Bool, requestID: Identifier, accepted: Instant, deadline: Instant,
        client: UpstreamClient, completion: @escaping (UpstreamResult) -> Void
    ) {
        (self.bytes, self.hasIdempotencyKey, self.requestID) = (bytes, hasIdempotencyKey, requestID)
        (self.accepted, self.deadline) = (accepted, deadline)
        open = (client, completion)
    }

    /// The key stands in it.
    deinit { Erasure.erase(bytes) }

    func end() { isOver = true }

    package static func == (left: UpstreamCall, right: UpstreamCall) -> Bool { left === right }

    /// The client has gone. A request that still waits for its first connection is dropped and completes with
    /// ``UpstreamFailure/cancelled``, after this call. One that has begun runs on, so that its connection stays usable;
    /// its result comes as if nothing had happened.
    package func cancel() { open?.client.cancel(self) }

    func answerBegan(_ now: Instant) { trace.firstByteMicroseconds = microseconds(now) }

    /// It has a connection, or will never have one; what comes later changes nothing.
    func waitEnded(after microseconds: Int) {
        if trace.waitMicroseconds == nil { trace.waitMicroseconds = microseconds }
    }

    func microseconds(_ now: Instant) -> Int { Int(clamping: now.nanoseconds(since: accepted) / 1000) }

    /// - Returns: whom to tell, the first time it is asked.
    func takeCompletion() -> ((UpstreamResult) -> Void)? {
        defer { open = nil }
        return open?.completion
    }
}
