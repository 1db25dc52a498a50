import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct HTTP1StateMachineTests {
    private typealias Machine = HTTP1StateMachine
    typealias Case = MachineScript
    private typealias Step = MachineScript.Step

    private static let limit = 65_536
    private static let keep = Machine.Action.sendAnswer(close: false)
    private static let close = Machine.Action.sendAnswer(close: true)

    static let exchanges = [
        Case(
            testDescription: "two forwarded requests on one connection",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.bodyForwarded, .none, .exchanging(keepAlive: true)),
                Step(.answered(closes: false), keep, .waiting),
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.bodyForwarded, .none, .exchanging(keepAlive: true)),
                Step(.answered(closes: false), keep, .waiting),
            ]),
        Case(
            testDescription: "the client asks for the end",
            steps: [
                Step(.headPassed(["Connection: close"], bodyHasCome: false), .none, .receiving(keepAlive: false)),
                Step(.bodyForwarded, .none, .exchanging(keepAlive: false)),
                Step(.answered(closes: false), close, .lingering(budget: limit)),
                Step(.deadlinePassed, .close, .closed),
            ]),
        Case(
            testDescription: "the body is refused",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)), Step(.answered(closes: false), keep, .waiting),
            ]),
        Case(
            testDescription: "the body is refused for good",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.answered(closes: true), close, .lingering(budget: limit)),
            ]),
        Case(
            testDescription: "the body does not come, or is broken",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.requestFailed, close, .lingering(budget: limit)), Step(.requestFailed, .close, .closed),
            ]),
        Case(
            testDescription: "no request", steps: [Step(.requestFailed, close, .lingering(budget: limit))]),
        Case(
            testDescription: "an answer that comes twice goes out once",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)), Step(.answered(closes: false), keep, .waiting),
                Step(.answered(closes: false), .none, .waiting),
            ]),
        Case(
            testDescription: "an answer after the client has gone",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.bodyForwarded, .none, .exchanging(keepAlive: true)), Step(.connectionClosed, .none, .closed),
                Step(.answered(closes: false), .none, .closed), Step(.requestFailed, .none, .closed),
                Step(.deadlinePassed, .none, .closed), Step(.bodyForwarded, .none, .closed),
                Step(.bodyDiscarded, .none, .closed), Step(.discarded(1), .none, .closed),
            ]),
        Case(
            testDescription: "an idle connection is closed without a word",
            steps: [Step(.deadlinePassed, .close, .closed)]),
        Case(
            testDescription: "while Plunk has the request nothing of the client's ends it",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.bodyForwarded, .none, .exchanging(keepAlive: true)),
                Step(.deadlinePassed, .none, .exchanging(keepAlive: true)),
                Step(.requestFailed, .none, .exchanging(keepAlive: true)),
                Step(.discarded(1), .none, .exchanging(keepAlive: true)),
                Step(.answered(closes: false), keep, .waiting),
            ]),
    ]

    static let discarding = [
        Case(
            testDescription: "the rest of a refused request is thrown away, then the next is read",
            steps: [
                Step(.headAnswered, keep, .discarding(budget: limit)),
                Step(.discarded(3), .none, .discarding(budget: limit - 3)), Step(.bodyDiscarded, .none, .waiting),
                Step(.headPassed, .none, .receiving(keepAlive: true)),
            ]),
        Case(
            testDescription: "in chunks",
            steps: [
                Step(.headAnswered(["Transfer-Encoding: chunked"], closes: false), keep, .discarding(budget: limit))
            ]),
        Case(
            testDescription: "without a body",
            steps: [Step(.headAnswered([], closes: false), keep, .discarding(budget: limit))]),
        Case(
            testDescription: "no more than 64 KiB of it",
            steps: [
                Step(.headAnswered, keep, .discarding(budget: limit)),
                Step(.discarded(limit), .none, .discarding(budget: 0)),
                Step(.discarded(1), .endOutput, .lingering(budget: limit)),
                Step(.discarded(limit + 1), .close, .closed),
            ]),
        Case(
            testDescription: "as large as may be thrown away",
            steps: [Step(.headAnswered(["Content-Length: 65536"], closes: false), keep, .discarding(budget: limit))]),
        Case(
            testDescription: "larger than may be thrown away",
            steps: [Step(.headAnswered(["Content-Length: 65537"], closes: false), close, .lingering(budget: limit))]),
        Case(
            testDescription: "it breaks: the answer has gone out already",
            steps: [
                Step(.headAnswered, keep, .discarding(budget: limit)),
                Step(.requestFailed, .endOutput, .lingering(budget: limit)), Step(.requestFailed, .close, .closed),
            ]),
        Case(
            testDescription: "it does not come",
            steps: [Step(.headAnswered, keep, .discarding(budget: limit)), Step(.deadlinePassed, .close, .closed)]),
        Case(
            testDescription: "the client asks for the end",
            steps: [Step(.headAnswered(["Connection: close"], closes: false), close, .lingering(budget: limit))]),
        Case(
            testDescription: "the answer asks for the end",
            steps: [Step(.headAnswered([], closes: true), close, .lingering(budget: limit))]),
        Case(
            testDescription: "what a client sends behind the last answer is bounded too",
            steps: [
                Step(.requestFailed, close, .lingering(budget: limit)),
                Step(.discarded(limit), .none, .lingering(budget: 0)),
                Step(.bodyDiscarded, .none, .lingering(budget: 0)),
                Step(.answered(closes: false), .none, .lingering(budget: 0)), Step(.discarded(1), .close, .closed),
            ]),
    ]

    private static let expect = ["Expect: 100-continue", "Content-Length: 5"]

    static let expectations = [
        Case(
            testDescription: "100 Continue is said",
            steps: [Step(.headPassed(expect, bodyHasCome: false), .sendContinue, .receiving(keepAlive: true))]),
        Case(
            testDescription: "not to a client that did not wait",
            steps: [Step(.headPassed(expect, bodyHasCome: true), .none, .receiving(keepAlive: true))]),
        Case(
            testDescription: "after a refusal nobody can tell what the next bytes are",
            steps: [Step(.headAnswered(expect, closes: false), close, .lingering(budget: limit))]),
    ]

    static let draining = [
        Case(
            testDescription: "between requests, but the client has answers to take",
            steps: [
                Step(.drain(hasInput: false, hasOutput: true), .endOutput, .lingering(budget: limit)),
                Step(.deadlinePassed, .close, .closed),
            ]),
        Case(
            testDescription: "more requests have come than answers were taken",
            steps: [
                Step(.drain(hasInput: true, hasOutput: true), .none, .waiting),
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.answered(closes: false), close, .lingering(budget: limit)),
            ]),
        Case(
            testDescription: "between requests",
            steps: [Step(.drain(hasInput: false), .close, .closed)]),
        Case(
            testDescription: "in a head",
            steps: [
                Step(.drain(hasInput: true), .none, .waiting),
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.bodyForwarded, .none, .exchanging(keepAlive: true)),
                Step(.answered(closes: false), close, .lingering(budget: limit)),
            ]),
        Case(
            testDescription: "in a head that is refused",
            steps: [
                Step(.drain(hasInput: true), .none, .waiting),
                Step(.headAnswered, close, .lingering(budget: limit)),
            ]),
        Case(
            testDescription: "in a body",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.drain(hasInput: true), .none, .receiving(keepAlive: true)),
                Step(.answered(closes: false), close, .lingering(budget: limit)),
            ]),
        Case(
            testDescription: "while Plunk has the request",
            steps: [
                Step(.headPassed, .none, .receiving(keepAlive: true)),
                Step(.bodyForwarded, .none, .exchanging(keepAlive: true)),
                Step(.drain(hasInput: false), .none, .exchanging(keepAlive: true)),
                Step(.answered(closes: false), close, .lingering(budget: limit)),
            ]),
        Case(
            testDescription: "in a body that is thrown away",
            steps: [
                Step(.headAnswered, keep, .discarding(budget: limit)),
                Step(.drain(hasInput: true), .none, .discarding(budget: limit)),
                Step(.bodyDiscarded, .close, .closed),
            ]),
    ]

    @Test("Events lead to states and actions", arguments: exchanges + discarding + expectations + draining)
    func steps(_ row: Case) throws {
        var machine = Machine()
        for (index, step) in row.steps.enumerated() {
            #expect(try step.event.happen(to: &machine) == step.action, "step \(index)")
            #expect(machine.state == step.state, "step \(index)")
        }
    }

    @Test("Each state has its deadline and says whether it wants bytes")
    func phases() throws {
        var machine = Machine()
        #expect(machine.phase(isInsideRequest: false) == .idle)
        #expect(machine.phase(isInsideRequest: true) == .header)
        #expect(machine.wantsInput && machine.isReadingRequests)
        _ = try MachineScript.Event.headPassed.happen(to: &machine)
        #expect(machine.phase(isInsideRequest: true) == .body)
        #expect(machine.wantsInput && machine.isReadingRequests)
        machine.bodyForwarded()
        #expect(machine.phase(isInsideRequest: false) == .none)
        #expect(!machine.wantsInput && !machine.isReadingRequests)
        _ = machine.answered(closes: false)
        _ = try MachineScript.Event.headAnswered.happen(to: &machine)
        #expect(machine.phase(isInsideRequest: true) == .linger)
        #expect(machine.wantsInput && machine.isReadingRequests)
        _ = machine.bodyDiscarded()
        _ = machine.requestFailed()
        #expect(machine.phase(isInsideRequest: false) == .linger)
        #expect(machine.wantsInput && !machine.isReadingRequests)
        machine.connectionClosed()
        #expect(machine.phase(isInsideRequest: false) == .none)
        #expect(!machine.wantsInput && !machine.isReadingRequests)
    }
}
