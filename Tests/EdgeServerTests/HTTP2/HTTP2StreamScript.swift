import Testing

@testable import EdgeServer

/// What happens to one request of an HTTP/2 connection, and what has to come of it.
struct HTTP2StreamScript: CustomTestStringConvertible, Sendable {
    typealias Step = MachineStep<Event, HTTP2StreamMachine.Action, HTTP2StreamMachine.State>

    enum Event: Sendable {
        case headPassed
        case received(Int, isLast: Bool)
        case forwarded
        case answered
        case deadlinePassed
        case closed

        func happen(to machine: inout HTTP2StreamMachine) -> HTTP2StreamMachine.Action {
            switch self {
            case .headPassed: return machine.headPassed()
            case .received(let count, let isLast): return machine.received(count, isLast: isLast)
            case .forwarded: machine.forwarded()
            case .answered: return machine.answered()
            case .deadlinePassed: return machine.deadlinePassed()
            case .closed: machine.closed()
            }
            return .none
        }
    }

    var testDescription: String
    var isInputEnded = false
    var announced: Int?
    var isShared = false
    var steps: [Step]
}
