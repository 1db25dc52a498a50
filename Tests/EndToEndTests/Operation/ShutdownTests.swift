import EdgeTestSupport
import Foundation
import Testing

/// TERM and INT: what becomes of who is there.
@Suite(.serialized) struct ShutdownTests {
    @Test("TERM and INT finish what is in flight, take nothing new, and end with 0", arguments: [SIGTERM, SIGINT])
    func drain(signal: Int32) throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let gate = Gate()
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let busy = try RawClient(port: edge.port)
        // Enough for every event loop to have one: once they have ended, every loop knows.
        let idle = try (0..<8).map { _ in try RawClient(port: edge.port) }
        for client in idle {
            try client.send(ClientRequest.track().without("Authorization").bytes)
            #expect(try client.response().status == 401)
        }
        try busy.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        edge.process.send(signal)
        for client in idle { #expect(try client.readToEnd() == [], "an idle connection ends") }
        #expect(throws: (any Error).self) {
            let late = try RawClient(port: edge.port)
            try late.send(ClientRequest.smuggled.bytes)
            _ = try late.response()
        }
        #expect(edge.process.isRunning)
        gate.open()
        let response = try busy.response()
        #expect(response.status == 200)
        #expect(response.closesConnection)
        #expect(try busy.readToEnd() == [])
        #expect(try edge.process.waitForExit() == 0)
        #expect(try edge.record(of: response["x-request-id"])["outcome"] == "forwarded", "the log is complete")
    }

    @Test("A request that is on its way when the end begins gets its answer, the last of its connection")
    func farewell() throws {
        // A busy machine lets a test stand still for longer than the edge listens, which then shows nothing.
        var tries = 1
        while try !sendsInTime() {
            tries += 1
            try #require(tries <= 10)
        }
    }

    /// - Returns: whether requests were sent while the edge still listened, and so had their answers.
    private func sendsInTime() throws -> Bool {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let (new, used) = (try RawClient(port: edge.port), try RawClient(port: edge.port))
        try used.send(ClientRequest.track().bytes)
        #expect(try !used.response().closesConnection)
        // Before the end began.
        var before = ContinuousClock.now
        edge.process.send(SIGTERM)
        // Nobody is accepted any more, which comes behind the beginning of the end.
        let deadline = ContinuousClock.now + .seconds(20) * SanitizerCost.time
        while true {
            let now = ContinuousClock.now
            guard (try? RawClient(port: edge.port)) != nil else { break }
            before = now
            try #require(now < deadline)
        }
        for client in [new, used] { try? client.send(ClientRequest.track().bytes) }
        guard ContinuousClock.now < before + .milliseconds(400) else {
            #expect(try edge.process.waitForExit() == 0)
            return false
        }
        for client in [new, used] {
            let response = try client.response()
            #expect(response.status == 200)
            #expect(response.closesConnection)
            #expect(try client.readToEnd() == [])
        }
        #expect(try edge.process.waitForExit() == 0)
        return true
    }

    @Test("The end cuts off no answer that a client is late to take")
    func slowReader() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let (client, clock) = (try RawClient(port: edge.port, receiveBuffer: 4096), try RawClient(port: edge.port))
        // More answers than the kernel takes, so that the edge keeps some, and requests behind them.
        let request = ClientRequest.track().without("Authorization").bytes
        var (sent, answered) = (0, 0)
        while answered == sent {
            try client.send(Array(repeatElement(request, count: 50).joined()))
            sent += 50
            let end = ContinuousClock.now + .milliseconds(500) * SanitizerCost.time
            repeat {
                #expect(try clock.staysOpen(for: .milliseconds(5)))
                answered = edge.process.output.lines.count
            } while answered < sent && .now < end
        }
        edge.process.send(SIGTERM)
        // The connections that have nothing to do are ended, so all have heard of it.
        #expect(try clock.readToEnd() == [])
        var (bytes, count) = (try client.readToEnd(), 0)
        while let (_, length) = try HTTPResponse.parse(bytes) {
            bytes.removeFirst(length)
            count += 1
        }
        #expect(bytes == [], "the last answer is whole")
        #expect(count >= answered)
        #expect(try edge.process.waitForExit() == 0)
        #expect(try edge.process.output.waitForEnd().split(separator: "\n").count == count)
    }

    @Test("What takes longer than the drain is cut off")
    func drainDeadline() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, ["shutdown": ["drain": "300ms"]])
        upstream.perform { _ in [.stall] }
        let client = try RawClient(port: edge.port)
        try client.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        #expect(try edge.terminate() == 0)
        let response = try client.response()
        #expect(response.status == 502)
        #expect(response.text.contains("may have been recorded"))
        #expect(try edge.record(of: response["x-request-id"])["reason"] == "upstream_closed")
    }

    @Test("A second signal ends at once")
    func secondSignal() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        upstream.perform { _ in [.stall] }
        let busy = try RawClient(port: edge.port)
        try busy.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        // Two at once, as timeout(1) sends them, are one. Of one kind the kernel would make one of them itself.
        edge.process.send(SIGTERM)
        edge.process.send(SIGINT)
        _ = try edge.process.errors.waitForLine("stopping") { $0.contains("stopping after") ? true : nil }
        #expect(try busy.staysOpen(for: .milliseconds(700)))
        edge.process.send(SIGTERM)
        #expect(try edge.process.waitForExit(atMost: .seconds(10)) == 1)
    }
}
