import Testing

@testable import EdgeServer

@Suite struct HTTP2StreamMachineTests {
    typealias Case = HTTP2StreamScript
    private typealias Step = HTTP2StreamScript.Step

    /// The largest body.
    private static let maximum = 64
    private static let discarded = HTTP2StreamMachine.discardLimit

    static let bodies = [
        Case(
            testDescription: "a forwarded request",
            steps: [
                Step(.headPassed, .none, .receiving), Step(.received(5, isLast: false), .none, .receiving),
                Step(.received(0, isLast: true), .judgeBody, .receiving), Step(.forwarded, .none, .exchanging),
                Step(.answered, .sendAnswer, .answered), Step(.closed, .none, .closed),
            ]),
        Case(
            testDescription: "as long as announced", announced: 5,
            steps: [Step(.headPassed, .none, .receiving), Step(.received(5, isLast: true), .judgeBody, .receiving)]),
        Case(
            testDescription: "longer than announced, before it ends", announced: 5,
            steps: [
                Step(.headPassed, .none, .receiving), Step(.received(5, isLast: false), .none, .receiving),
                Step(.received(1, isLast: false), .refuseLength, .receiving),
            ]),
        Case(
            testDescription: "shorter than announced", announced: 5,
            steps: [
                Step(.headPassed, .none, .receiving), Step(.received(4, isLast: true), .refuseLength, .receiving),
            ]),
        Case(
            testDescription: "announced and not there", isInputEnded: true, announced: 5,
            steps: [Step(.headPassed, .refuseLength, .receiving)]),
        Case(
            testDescription: "announced as nothing, and nothing", isInputEnded: true, announced: 0,
            steps: [Step(.headPassed, .judgeBody, .receiving)]),
        Case(
            testDescription: "no body", isInputEnded: true, steps: [Step(.headPassed, .judgeBody, .receiving)]),
        Case(
            testDescription: "as large as may be",
            steps: [Step(.received(maximum, isLast: true), .judgeBody, .receiving)]),
        Case(
            testDescription: "a byte larger",
            steps: [
                Step(.received(maximum, isLast: false), .none, .receiving),
                Step(.received(1, isLast: false), .refuseSize, .receiving),
                Step(.answered, .sendAnswer, .answered),
            ]),
        Case(
            testDescription: "a byte larger, in its last part",
            steps: [Step(.received(maximum + 1, isLast: true), .refuseSize, .receiving)]),
        Case(
            testDescription: "larger than announced and than allowed", announced: maximum,
            steps: [Step(.received(maximum + 1, isLast: true), .refuseLength, .receiving)]),
    ]

    static let answers = [
        Case(
            testDescription: "refused at its head, and the rest thrown away",
            steps: [
                Step(.answered, .sendAnswer, .answered), Step(.received(5, isLast: false), .none, .answered),
                Step(.received(5, isLast: true), .none, .answered), Step(.closed, .none, .closed),
            ]),
        Case(
            testDescription: "no more of it than a window lets come",
            steps: [
                Step(.answered, .sendAnswer, .answered),
                Step(.received(discarded - 1, isLast: false), .none, .answered),
                Step(.received(1, isLast: false), .reset, .reset), Step(.received(1, isLast: false), .none, .reset),
            ]),
        Case(
            testDescription: "unless that was the last of it",
            steps: [
                Step(.answered, .sendAnswer, .answered),
                Step(.received(discarded - 1, isLast: false), .none, .answered),
                Step(.received(1, isLast: true), .none, .answered),
            ]),
        Case(
            testDescription: "or others share the connection, who would suffer from the reset", isShared: true,
            steps: [
                Step(.answered, .sendAnswer, .answered),
                Step(.received(discarded, isLast: false), .none, .answered),
                Step(.received(1 << 20, isLast: false), .none, .answered),
                Step(.received(0, isLast: true), .none, .answered),
            ]),
        Case(
            testDescription: "the rest does not come, or the answer is not taken",
            steps: [
                Step(.answered, .sendAnswer, .answered), Step(.deadlinePassed, .reset, .reset),
                Step(.closed, .none, .closed),
            ]),
        Case(
            testDescription: "nor that it has been given up",
            steps: [
                Step(.answered, .sendAnswer, .answered), Step(.deadlinePassed, .reset, .reset),
                Step(.deadlinePassed, .endConnection, .reset),
            ]),
        Case(
            testDescription: "an answer that comes twice goes out once",
            steps: [Step(.answered, .sendAnswer, .answered), Step(.answered, .none, .answered)]),
        Case(
            testDescription: "an answer to nobody",
            steps: [
                Step(.received(5, isLast: true), .judgeBody, .receiving), Step(.forwarded, .none, .exchanging),
                Step(.closed, .none, .closed), Step(.answered, .none, .closed), Step(.deadlinePassed, .none, .closed),
                Step(.received(1, isLast: true), .none, .closed), Step(.forwarded, .none, .closed),
            ]),
        Case(
            testDescription: "while Plunk has the request nothing of the client's ends it",
            steps: [
                Step(.received(5, isLast: true), .judgeBody, .receiving), Step(.forwarded, .none, .exchanging),
                Step(.received(discarded * 2, isLast: true), .none, .exchanging),
                Step(.deadlinePassed, .none, .exchanging), Step(.answered, .sendAnswer, .answered),
                Step(.forwarded, .none, .answered),
            ]),
        Case(
            testDescription: "before the answer the deadline is no end: it is an answer",
            steps: [Step(.deadlinePassed, .none, .receiving), Step(.answered, .sendAnswer, .answered)]),
    ]

    @Test("Events lead to states and actions", arguments: bodies + answers)
    func steps(_ row: Case) {
        var machine = HTTP2StreamMachine(
            isInputEnded: row.isInputEnded, announced: row.announced, maximumSize: Self.maximum, isShared: row.isShared)
        #expect(machine.state == .receiving)
        for (index, step) in row.steps.enumerated() {
            #expect(step.event.happen(to: &machine) == step.action, "step \(index)")
            #expect(machine.state == step.state, "step \(index)")
        }
    }

    @Test("Each state has its deadline")
    func phases() {
        var machine = HTTP2StreamMachine(isInputEnded: false, announced: nil, maximumSize: Self.maximum)
        #expect(machine.phase == .body)
        var refused = machine
        _ = refused.answered()
        #expect(refused.phase == .linger, "the client still sends")
        _ = refused.received(1, isLast: true)
        #expect(refused.phase == .write)
        _ = machine.received(1, isLast: true)
        #expect(machine.isInputEnded)
        machine.forwarded()
        #expect(machine.phase == .none, "the upstream's own deadlines run")
        _ = machine.answered()
        #expect(machine.phase == .write)
        _ = machine.deadlinePassed()
        #expect(machine.phase == .reset)
        machine.closed()
        #expect(machine.phase == .none)
    }
}
