import Testing

@testable import EdgeServer

/// What happens to an HTTP/2 connection, one after the other, and what has to come of it.
struct HTTP2ConnectionScript: CustomTestStringConvertible, Sendable {
    typealias Step = MachineStep<Event, HTTP2ConnectionMachine.Action, HTTP2ConnectionMachine.State>

    enum Event: CaseIterable, Sendable {
        case streamOpened, streamClosed, idleFrame, leave, endWasRead, idleTimeout, cutShort
        case protocolFailed, connectionClosed

        func happen(to machine: inout HTTP2ConnectionMachine) -> HTTP2ConnectionMachine.Action {
            switch self {
            case .streamOpened: return machine.streamOpened()
            case .streamClosed: return machine.streamClosed()
            case .idleFrame: return machine.idleFrameReceived()
            case .leave: return machine.leave()
            case .endWasRead: return machine.endWasRead()
            case .idleTimeout: return machine.idleTimeoutPassed()
            case .cutShort: return machine.cutShort()
            case .protocolFailed: return machine.protocolFailed()
            case .connectionClosed:
                machine.connectionClosed()
                return .none
            }
        }
    }

    var testDescription: String
    var steps: [Step]
}
