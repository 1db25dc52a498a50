internal import EdgeCore
internal import EdgeRecords
internal import NIOCore

/// What a connection is doing, and how long it may: the totals of `limits.timeouts`. Confined to the connection's event
/// loop.
final class PhaseDeadline {
    enum Phase: Equatable {
        case connection(HTTP1StateMachine.Phase)
        /// The client does not take its answer.
        case write
    }

    /// How long an unwanted body, or a client that does not close, is waited for.
    private static let lingerTimeout = Instant.Span.seconds(2)

    private(set) var phase = Phase.connection(.none)
    /// When the phase began: for a head that does not end, when its first byte came.
    private(set) var began = SystemClock.now
    private let snapshot: Snapshot
    private let deadline: LazyDeadline

    /// - Parameter passed: called on the loop when the phase has lasted too long.
    init(_ deadline: LazyDeadline, _ snapshot: Snapshot, passed: @escaping () -> Void) {
        (self.deadline, self.snapshot) = (deadline, snapshot)
        deadline.action = passed
    }

    /// Goes on to `phase`. The time of the same phase begins anew only after an answer.
    ///
    /// - Parameter answered: when the last answer was given, if that was since the last call.
    func enter(_ phase: Phase, answered: Instant?) {
        guard phase != self.phase || answered != nil else { return }
        self.phase = phase
        began = answered ?? SystemClock.now
        deadline.set(span.map { NIODeadline(began.advanced(by: $0)) } ?? .distantFuture)
    }

    /// Ends it for good.
    func invalidate() { deadline.invalidate() }

    private var span: Instant.Span? {
        switch phase {
        case .write: snapshot.settings.connections.writeTimeout
        case .connection(.idle): snapshot.settings.connections.idleTimeout
        case .connection(.header): snapshot.settings.connections.headerTimeout
        case .connection(.body): snapshot.settings.connections.bodyTimeout
        case .connection(.linger): Self.lingerTimeout
        case .connection(.none): nil
        }
    }
}

@available(*, unavailable)
extension PhaseDeadline: Sendable {}
