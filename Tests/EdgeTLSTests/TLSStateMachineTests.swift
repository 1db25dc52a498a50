import Testing

@testable import EdgeTLS

@Suite struct TLSStateMachineTests {
    typealias Action = TLSStateMachine.Action
    typealias State = TLSStateMachine.State

    struct Event: Sendable {
        var name: String
        var apply: @Sendable (inout TLSStateMachine) -> Action
    }

    private static let done = Event(name: "handshake done") { $0.handshakeDone() }
    private static let failed = Event(name: "failed") { $0.failed() }
    private static let received = Event(name: "received") { $0.received() }
    private static let peerClose = Event(name: "close_notify") { $0.peerSaidClose() }
    private static let endOutput = Event(name: "end output") { $0.endOutput() }
    private static let close = Event(name: "close") { $0.close() }

    struct Case: CustomTestStringConvertible, Sendable {
        var events: [Event]
        var actions: [Action]
        var state: State

        init(_ steps: [(Event, Action)], _ state: State) {
            (events, actions, self.state) = (steps.map(\.0), steps.map(\.1), state)
        }

        var testDescription: String { events.map(\.name).joined(separator: ", ") }
    }

    static let cases = [
        Case([(done, .begin), (received, .deliver)], .active),
        Case([(received, .none), (done, .begin), (done, .none)], .active),
        Case([(failed, .close), (done, .none)], .closed),
        Case([(failed, .close), (failed, .none), (received, .none)], .closed),
        Case([(done, .begin), (failed, .close)], .closed),
        Case([(done, .begin), (endOutput, .sayClose), (received, .deliver), (close, .close)], .closed),
        Case([(done, .begin), (endOutput, .sayClose), (endOutput, .none), (peerClose, .close)], .closed),
        Case([(done, .begin), (peerClose, .sayCloseAndClose), (close, .none)], .closed),
        Case([(done, .begin), (close, .sayCloseAndClose), (peerClose, .none)], .closed),
        Case([(endOutput, .close)], .closed),
        Case([(close, .close)], .closed),
        Case([(peerClose, .close)], .closed),
    ]

    @Test("Events become actions", arguments: cases)
    func actions(_ row: Case) {
        var machine = TLSStateMachine()
        #expect(row.events.map { $0.apply(&machine) } == row.actions)
        #expect(machine.state == row.state)
        #expect(machine.canWrite == (row.state == .active))
        #expect(machine.canRead == (row.state == .active || row.state == .closing))
    }

    @Test("Nothing happens on a connection that is gone")
    func gone() {
        for event in [Self.done, Self.failed, Self.received, Self.peerClose, Self.endOutput, Self.close] {
            var machine = TLSStateMachine()
            machine.connectionClosed()
            #expect(event.apply(&machine) == .none)
            #expect(machine.state == .closed)
        }
    }
}
