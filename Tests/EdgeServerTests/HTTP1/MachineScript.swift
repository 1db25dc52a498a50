import EdgeCore
import Testing

@testable import EdgeServer

/// What happens to a connection, one after the other, and what has to come of it.
struct MachineScript: CustomTestStringConvertible, Sendable {
    typealias Step = MachineStep<Event, HTTP1StateMachine.Action, HTTP1StateMachine.State>

    enum Event: Sendable {
        case headPassed([String], bodyHasCome: Bool)
        case headAnswered([String], closes: Bool)
        case bodyForwarded
        case answered(closes: Bool)
        case bodyDiscarded
        case discarded(Int)
        case requestFailed
        case deadlinePassed
        case drain(hasInput: Bool, hasOutput: Bool = false)
        case connectionClosed

        static let headPassed = headPassed(["Content-Length: 5"], bodyHasCome: false)
        static let headAnswered = headAnswered(["Content-Length: 5"], closes: false)

        func happen(to machine: inout HTTP1StateMachine) throws -> HTTP1StateMachine.Action {
            switch self {
            case .headPassed(let fields, let bodyHasCome):
                return machine.headPassed(try #require(ServerFixtures.head(fields)), bodyHasCome: bodyHasCome)
            case .headAnswered(let fields, let closes):
                return machine.headAnswered(try #require(ServerFixtures.head(fields)), closes: closes)
            case .bodyForwarded: machine.bodyForwarded()
            case .answered(let closes): return machine.answered(closes: closes)
            case .bodyDiscarded: return machine.bodyDiscarded()
            case .discarded(let count): return machine.discarded(count)
            case .requestFailed: return machine.requestFailed()
            case .deadlinePassed: return machine.deadlinePassed()
            case .drain(let hasInput, let hasOutput):
                return machine.drain(hasInput: hasInput, hasOutput: hasOutput)
            case .connectionClosed: machine.connectionClosed()
            }
            return .none
        }
    }

    var testDescription: String
    var steps: [Step]
}
