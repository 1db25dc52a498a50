import EdgeTestSupport
import Glibc
import Testing

/// TERM while clients speak HTTP/2.
@Suite(.serialized) struct HTTP2ShutdownTests {
    private static let track = ClientRequest.track()

    @Test("TERM says GOAWAY, lets what is under way finish, and ends with 0")
    func drain() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, Scene.h2c)
        let gate = Gate()
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let (busy, idle) = (try HTTP2Client(port: edge.port), try HTTP2Client(port: edge.port))
        busy.answersPings = false
        #expect(try idle.exchange(Self.track.without("Authorization")).status == 401)
        try busy.send(Self.track.frames(on: 1))
        try upstream.waitForRequests(1)
        edge.process.send(SIGTERM)
        try busy.receive(until: "GOAWAY") { $0.goAways.count == 1 }
        #expect(busy.goAways[0].last == 0x7FFF_FFFF, "nothing is refused yet")
        #expect(busy.goAways[0].code == HTTP2Code.none)
        #expect(try idle.readToEnd() == HTTP2Code.none)
        // Sent before the client knew: still taken.
        try busy.send(ClientRequest.track("late").frames(on: 3))
        try upstream.waitForRequests(2)
        try busy.send(RawFrame(RawFrame.Kind.ping, flags: RawFrame.Flag.acknowledged, [0, 0, 0, 0, 0, 0, 0, 0]))
        try busy.receive(until: "the second GOAWAY") { $0.goAways.count == 2 }
        #expect(busy.goAways[1].last == 3)
        try busy.send(ClientRequest.smuggled.frames(on: 5))
        gate.open()
        let response = try busy.response(on: 1)
        #expect(response.status == 200)
        #expect(try busy.response(on: 3).status == 200)
        #expect(try busy.readToEnd() == HTTP2Code.none)
        #expect(busy.streams[5]?.response == nil)
        #expect(try edge.process.waitForExit() == 0)
        #expect(upstream.requests.count == 2)
        #expect(try edge.record(of: response["x-request-id"])["outcome"] == "forwarded", "the log is complete")
    }

    @Test(
        "Who breaks the protocol behind the last GOAWAY is listened to no longer",
        arguments: [RawFrame.windowUpdate(0, 0), RawFrame(0xF0, [UInt8](repeating: 0, count: 16_385))])
    func failureBehindTheEnd(fault: RawFrame) throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, Scene.h2c)
        let gate = Gate()
        defer { gate.open() }
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let client = try HTTP2Client(port: edge.port)
        try client.send(Self.track.frames(on: 1))
        try upstream.waitForRequests(1)
        edge.process.send(SIGTERM)
        try client.receive(until: "the second GOAWAY") { $0.goAways.count == 2 }
        try client.send(fault)
        #expect(try client.readToEnd() == HTTP2Code.none)
        gate.open()
        #expect(try edge.process.waitForExit() == 0)
        let failures = try edge.process.output.waitForEnd().split(separator: "\n").filter { $0.contains("bad_request") }
        #expect(failures.count == 1)
    }

    @Test("A request that was taken is read to its end, whatever lies before it of one that was not")
    func ignoredBody() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, Scene.h2c)
        let client = try HTTP2Client(port: edge.port)
        try client.send(.headers(1, Self.track.headerBlock, endStream: false), .ping)
        try client.receive(until: "PING") { $0.pingsAnswered == 1 }
        edge.process.send(SIGTERM)
        try client.receive(until: "the second GOAWAY") { $0.goAways.count == 2 }
        #expect(client.goAways.last?.last == 1)
        try client.send(ClientRequest.smuggled.frames(on: 3))
        // Read together, and nothing comes behind them.
        try client.send(.data(5, [32], endStream: true), .data(1, Self.track.body, endStream: true))
        #expect(try client.response(on: 1).status == 200)
        #expect(try client.readToEnd() == HTTP2Code.none)
        #expect(try edge.process.waitForExit() == 0)
        #expect(upstream.requests.count == 1)
    }

    @Test("The end cuts off no answer that a client is late to take, nor the last word")
    func slowReader() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, Scene.h2c)
        let client = try HTTP2Client(port: edge.port, settings: [(4, 0x7FFF_FFFF)], receiveBuffer: 4096)
        try client.send(.windowUpdate(0, 0x7000_0000))
        let idle = try HTTP2Client(port: edge.port)
        let refused = Self.track.without("Authorization").unframed().headerBlock
        var (sent, answered) = (0, 0)
        // More answers than the kernel takes.
        while answered == sent {
            try client.send((0..<50).map { .headers(UInt32(2 * (sent + $0) + 1), refused, endStream: true) })
            sent += 50
            let end = ContinuousClock.now + .milliseconds(500) * SanitizerCost.time
            repeat {
                try idle.receive(for: .milliseconds(5))
                answered = edge.process.output.lines.count
            } while answered < sent && .now < end
        }
        edge.process.send(SIGTERM)
        #expect(try idle.readToEnd() == HTTP2Code.none)
        // Longer than a client has to read that the connection ends, and then to close it.
        let clock = try Socket.listen()
        #expect(throws: Socket.Failure.timedOut) { try clock.socket.receive(until: .now + .seconds(5)) }
        #expect(try client.readToEnd() == HTTP2Code.none)
        #expect(client.streams.values.filter { $0.response?.status == 401 }.count == edge.process.output.lines.count)
        #expect(try edge.process.waitForExit() == 0)
    }

    @Test("A client that does not say that it has read the GOAWAY is not waited for")
    func deafClient() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, Scene.h2c)
        let client = try HTTP2Client(port: edge.port)
        client.answersPings = false
        #expect(try client.exchange(Self.track).status == 200)
        edge.process.send(SIGTERM)
        #expect(try client.readToEnd() == HTTP2Code.none)
        #expect(try edge.process.waitForExit(atMost: .seconds(10)) == 0)
    }

    @Test("What takes longer than the drain is answered and cut off")
    func drainDeadline() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(
            upstream: upstream.port, Scene.h2c.merging(["shutdown": ["drain": "300ms"]]))
        upstream.perform { _ in [.stall] }
        let client = try HTTP2Client(port: edge.port)
        try client.send(Self.track.frames(on: 1))
        try upstream.waitForRequests(1)
        #expect(try edge.terminate() == 0)
        let response = try client.response(on: 1)
        #expect(response.status == 502)
        #expect(response.text.contains("may have been recorded"))
        #expect(try edge.record(of: response["x-request-id"])["reason"] == "upstream_closed")
    }

    @Test("A body that has not come when the drain is over is in the log")
    func unfinishedBody() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(
            upstream: upstream.port, Scene.h2c.merging(["shutdown": ["drain": "300ms"]]))
        let client = try HTTP2Client(port: edge.port)
        try client.send(.headers(1, Self.track.headerBlock, endStream: false), .ping)
        try client.receive(until: "PING") { $0.pingsAnswered == 1 }
        #expect(try edge.terminate() == 0)
        try client.readToEnd()
        #expect(try edge.process.output.waitForEnd().contains(#""outcome":"client_gone""#))
        #expect(upstream.requests.isEmpty)
    }
}
