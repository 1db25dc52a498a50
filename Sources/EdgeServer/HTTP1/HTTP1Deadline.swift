internal import EdgeCore
private import EdgeSystem
internal import NIOCore

/// What a connection of HTTP/1.1 is doing, and how long it may: the totals of `limits.timeouts`. Confined to the
/// connection's event loop.
final class HTTP1Deadline {
    enum Phase: Equatable {
        case machine(HTTP1StateMachine.Phase)
        /// The client does not take its answer.
        case write
    }

    private(set) var phase = Phase.machine(.none)
    /// When the phase began: for a head that does not end, when its first byte came.
    private(set) var began = Instant.now
    private let services: LoopServices
    private let deadline: LazyDeadline

    /// - Parameter passed: called on the loop when the phase has lasted too long, or somebody else wants the place.
    init(_ deadline: LazyDeadline, _ services: LoopServices, passed: @escaping (LazyDeadline.Ending) -> Void) {
        (self.deadline, self.services) = (deadline, services)
        deadline.action = passed
    }

    /// Goes on to `phase`. The time of the same phase begins anew only after an answer.
    ///
    /// - Parameter answered: when the last answer was given, if that was since the last call.
    func enter(_ phase: Phase, answered: Instant?) {
        guard phase != self.phase || answered != nil else { return }
        self.phase = phase
        began = answered ?? Instant.now
        // A body that is on its way is waited for as long as it may take, as in HTTP/2: for a place it is not given up, only
        // for memory (``HeldMemory``).
        let isInBody = phase == .machine(.body)
        deadline.set(span.map { NIODeadline(began.advanced(by: $0)) } ?? .distantFuture, since: isInBody ? nil : began)
    }

    /// Ends it for good.
    func invalidate() { deadline.invalidate() }

    private var span: Instant.Span? {
        switch phase {
        case .write: services.snapshot.settings.connections.writeTimeout
        case .machine(.idle): services.snapshot.settings.connections.idleTimeout
        case .machine(.header): services.snapshot.settings.connections.headerTimeout
        case .machine(.body): services.snapshot.settings.connections.bodyTimeout
        case .machine(.linger): ClientConnection.lingerTimeout
        case .machine(.none): nil
        }
    }
}

@available(*, unavailable)
extension HTTP1Deadline: Sendable {}
