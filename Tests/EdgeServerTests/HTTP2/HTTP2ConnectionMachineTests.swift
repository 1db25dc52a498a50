import Testing

@testable import EdgeServer

@Suite struct HTTP2ConnectionMachineTests {
    private typealias Machine = HTTP2ConnectionMachine
    typealias Case = HTTP2ConnectionScript
    private typealias Step = HTTP2ConnectionScript.Step

    static let requests = [
        Case(
            testDescription: "requests come and go",
            steps: [
                Step(.streamOpened, .none, .open), Step(.streamOpened, .none, .open), Step(.streamClosed, .none, .open),
                Step(.streamClosed, .none, .open), Step(.streamOpened, .none, .open),
            ]),
        Case(
            testDescription: "nothing happens for too long",
            steps: [Step(.idleTimeout, .refuseStreamsAndEnd, .ending), Step(.idleTimeout, .close, .closed)]),
        Case(
            testDescription: "somebody else wants the place",
            steps: [Step(.cutShort, .refuseStreamsAndClose, .closed), Step(.cutShort, .none, .closed)]),
        Case(
            testDescription: "somebody else wants the place of one who has heard the last word",
            steps: [Step(.idleTimeout, .refuseStreamsAndEnd, .ending), Step(.cutShort, .close, .closed)]),
        Case(
            testDescription: "a request that is under way is not idleness",
            steps: [Step(.streamOpened, .none, .open), Step(.idleTimeout, .none, .open)]),
        Case(
            testDescription: "the client closes",
            steps: [Step(.streamOpened, .none, .open), Step(.connectionClosed, .none, .closed)]),
    ]

    static let leaving = [
        Case(
            testDescription: "the process goes away, and nothing is under way",
            steps: [
                Step(.leave, .announceEnd, .leaving), Step(.endWasRead, .refuseStreamsAndEnd, .ending),
                Step(.idleTimeout, .close, .closed),
            ]),
        Case(
            testDescription: "what the client sent before it knew is still taken",
            steps: [
                Step(.leave, .announceEnd, .leaving), Step(.streamOpened, .none, .leaving),
                Step(.endWasRead, .refuseStreams, .left), Step(.streamClosed, .end, .ending),
            ]),
        Case(
            testDescription: "the last of several answers ends the connection",
            steps: [
                Step(.streamOpened, .none, .open), Step(.streamOpened, .none, .open),
                Step(.leave, .announceEnd, .leaving), Step(.endWasRead, .refuseStreams, .left),
                Step(.streamClosed, .none, .left), Step(.idleTimeout, .none, .left), Step(.streamClosed, .end, .ending),
            ]),
        Case(
            testDescription: "answered before the client has read that the connection ends",
            steps: [
                Step(.streamOpened, .none, .open), Step(.leave, .announceEnd, .leaving),
                Step(.streamClosed, .none, .leaving), Step(.endWasRead, .refuseStreamsAndEnd, .ending),
            ]),
        Case(
            testDescription: "a client that does not say that it has read it",
            steps: [
                Step(.leave, .announceEnd, .leaving), Step(.idleTimeout, .refuseStreamsAndEnd, .ending),
            ]),
        Case(
            testDescription: "said once",
            steps: [
                Step(.leave, .announceEnd, .leaving), Step(.leave, .none, .leaving),
                Step(.endWasRead, .refuseStreamsAndEnd, .ending), Step(.endWasRead, .none, .ending),
                Step(.leave, .none, .ending),
            ]),
        Case(
            testDescription: "PING that answers nothing", steps: [Step(.endWasRead, .none, .open)]),
    ]

    static let failures = [
        Case(
            testDescription: "the client does not follow the protocol",
            steps: [
                Step(.streamOpened, .none, .open), Step(.protocolFailed, .end, .ending),
                Step(.protocolFailed, .none, .ending), Step(.streamClosed, .none, .ending),
                Step(.idleTimeout, .close, .closed),
            ]),
        Case(
            testDescription: "while the process goes away",
            steps: [Step(.leave, .announceEnd, .leaving), Step(.protocolFailed, .end, .ending)]),
        Case(
            testDescription: "when no request is taken any more",
            steps: [
                Step(.streamOpened, .none, .open), Step(.leave, .announceEnd, .leaving),
                Step(.endWasRead, .refuseStreams, .left), Step(.protocolFailed, .end, .ending),
            ]),
        Case(
            testDescription: "closed once",
            steps: [
                Step(.idleTimeout, .refuseStreamsAndEnd, .ending), Step(.idleTimeout, .close, .closed),
                Step(.idleTimeout, .none, .closed),
            ]),
    ]

    /// After the end nothing has an effect.
    static let closed = Case(
        testDescription: "after the end",
        steps: [Step(.connectionClosed, .none, .closed)]
            + [.streamOpened, .streamClosed, .idleFrame, .leave, .endWasRead, .idleTimeout, .cutShort, .protocolFailed]
            .map { Step($0, .none, .closed) })

    @Test("Events lead to states and actions", arguments: requests + leaving + failures + [closed])
    func steps(_ row: Case) {
        var machine = Machine()
        for (index, step) in row.steps.enumerated() {
            #expect(step.event.happen(to: &machine) == step.action, "step \(index)")
            #expect(machine.state == step.state, "step \(index)")
        }
    }

    @Test("Requests are taken until the client has read that the connection ends")
    func takesRequests() {
        var machine = Machine()
        #expect(machine.takesRequests)
        _ = machine.streamOpened()
        _ = machine.leave()
        #expect(machine.takesRequests)
        _ = machine.endWasRead()
        #expect(!machine.takesRequests)
        _ = machine.streamClosed()
        #expect(!machine.takesRequests)
        machine.connectionClosed()
        #expect(!machine.takesRequests)
    }

    @Test("A connection has its number of requests, and then says that it ends")
    func totalStreams() {
        var machine = Machine()
        for _ in 1..<100_000 {
            guard machine.streamOpened() == .none, machine.streamClosed() == .none else {
                Issue.record("too early")
                return
            }
        }
        #expect(machine.state == .open)
        #expect(machine.streamOpened() == .announceEnd)
        #expect(machine.state == .leaving)
        #expect(machine.takesRequests, "what was sent before is not lost")
        #expect(machine.streamOpened() == .none)
        #expect(machine.endWasRead() == .refuseStreams)
        #expect(machine.openStreams == 2)
    }

    @Test("Frames that move nothing forward are counted from one request to the next")
    func idleFrames() {
        var machine = Machine()
        for _ in 0..<HTTP2Limits.idleFrames { #expect(machine.idleFrameReceived() == .none) }
        _ = machine.streamOpened()
        for _ in 0..<HTTP2Limits.idleFrames { #expect(machine.idleFrameReceived() == .none) }
        #expect(machine.state == .open)
        #expect(machine.idleFrameReceived() == .endFlood)
        #expect(machine.state == .ending)
        #expect(machine.idleFrameReceived() == .none, "said once")
    }

    @Test("Settings count for as long as the connection lives, and no frame may hold many")
    func settings() {
        var machine = Machine()
        for _ in 0..<HTTP2Limits.totalSettings / HTTP2Limits.settingsAtOnce {
            #expect(machine.settingsReceived(HTTP2Limits.settingsAtOnce) == .none)
            _ = machine.streamOpened()
        }
        #expect(machine.settingsReceived(1) == .endFlood)
        var other = Machine()
        #expect(other.settingsReceived(HTTP2Limits.settingsAtOnce + 1) == .endFlood)
        var idle = Machine()
        for _ in 0..<HTTP2Limits.idleFrames { #expect(idle.settingsReceived(0) == .none) }
        #expect(idle.settingsReceived(0) == .endFlood)
    }

    @Test("Small parts of a body count less than its large ones: turns cut frames anywhere")
    func partsOfBodies() {
        var machine = Machine()
        for _ in 0..<3 * HTTP2Limits.idleFrames {
            #expect(machine.idleFrameReceived() == .none)
            machine.dataReceived(HTTP2Limits.smallData)
        }
        #expect(machine.state == .open)
    }

    @Test("Requests that are taken back count, less those that come to their end")
    func resets() {
        var machine = Machine()
        for _ in 0..<HTTP2Limits.resets {
            #expect(machine.requestReset() == .none)
            #expect(machine.streamClosed(isReset: true) == .none)
        }
        #expect(machine.streamClosed(isReset: false) == .none)
        #expect(machine.requestReset() == .none)
        #expect(machine.state == .open)
        #expect(machine.requestReset() == .endFlood)
        #expect(machine.requestReset() == .none, "said once")
    }

    @Test("A stream that is closed twice leaves no other uncounted")
    func count() {
        var machine = Machine()
        _ = machine.streamClosed()
        #expect(machine.openStreams == 0)
        _ = machine.streamOpened()
        #expect(machine.openStreams == 1)
    }

    @Test("Bytes that are no part of a request end the connection when they are too many")
    func idleBytes() {
        var machine = Machine()
        #expect(machine.bytesReceived(HTTP2Limits.idleBytes) == .none)
        machine.dataReceived(1000)
        #expect(machine.bytesReceived(1009) == .none)
        #expect(machine.streamOpened() == .none)
        #expect(machine.bytesReceived(HTTP2Limits.idleBytes) == .none)
        #expect(machine.bytesReceived(1) == .endFlood)
        #expect(machine.state == .ending)
        #expect(machine.bytesReceived(1) == .none)
    }
}
