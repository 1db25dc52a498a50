import EdgeTestSupport
import Testing

/// The tools themselves: a test with a lenient reader would prove nothing.
@Suite struct SupportTests {
    @Test(
        "The client's reader takes nothing that RFC 9112 forbids",
        arguments: [
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: \u{1}\r\n\r\n",
        ])
    func strictReader(text: String) {
        #expect(throws: HTTPResponse.Violation.self) { try HTTPResponse.parse(Array(text.utf8)) }
    }

    @Test("A cut response is not one yet, wherever it is cut")
    func cutResponse() throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
        for length in 0..<bytes.count { #expect(try HTTPResponse.parse(Array(bytes.prefix(length))) == nil) }
        let (response, length) = try #require(try HTTPResponse.parse(bytes + Array("HTTP/".utf8)))
        #expect(response.status == 200)
        #expect(response.text == "{}")
        #expect(length == bytes.count)
    }

    @Test("The upstream records bytes and requests, answers like Plunk, and knows an Idempotency-Key again")
    func recording() throws {
        let upstream = try RecordingUpstream()
        let client = try RawClient(port: upstream.port)
        let bytes = ClientRequest.track().adding("Idempotency-Key: a").bytes
        try client.send(bytes + bytes)
        #expect(try client.response().text == PlunkLedger.success)
        #expect(try client.response().status == 409)
        #expect(upstream.ledger.events == [["event": "signup", "email": "ada@example.com"]])
        #expect(upstream.bytes == [bytes + bytes])
        #expect(upstream.requests.map(\.index) == [0, 1])
        #expect(upstream.requests.map(\.requestLine) == ["POST /v1/track HTTP/1.1", "POST /v1/track HTTP/1.1"])
    }

    @Test("The upstream closes, resets and waits as it is told")
    func script() throws {
        let upstream = try RecordingUpstream()
        let gate = Gate()
        upstream.perform {
            $0["x-step"] == "close"
                ? [.close] : $0["x-step"] == "reset" ? [.reset] : [.wait(gate), .answer(body: "{}")]
        }
        let closing = try RawClient(port: upstream.port)
        try closing.send(ClientRequest.track().adding("X-Step: close").bytes)
        #expect(try closing.readToEnd() == [])
        let resetting = try RawClient(port: upstream.port)
        try resetting.send(ClientRequest.track().adding("X-Step: reset").bytes)
        #expect(throws: Socket.Failure.reset) { try resetting.response() }
        let waiting = try RawClient(port: upstream.port)
        try waiting.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(3)
        #expect(try waiting.staysOpen(for: .milliseconds(20)))
        gate.open()
        #expect(try waiting.response().text == "{}")
    }

    @Test("The invariants notice a request that is not the edge's own form")
    func invariantsCanFail() throws {
        let upstream = try RecordingUpstream()
        let client = try RawClient(port: upstream.port)
        try client.send(ClientRequest.track(line: "POST /v1/send HTTP/1.1").adding("Cookie: a=b").bytes)
        _ = try client.response()
        #expect(
            upstream.requests.first?.violations().map { $0.prefix { $0 != ":" } } == [
                "request line POST /v1/send HTTP/1.1", "a field that is not ours", "a field is missing", "Accept",
            ])
    }

    @Test("A child process prints, reads its input, and its end is known")
    func childProcess() throws {
        let process = try ChildProcess(
            "/bin/sh", ["-c", "cat; echo problem >&2; exit 3"], input: Array("hello\n".utf8))
        #expect(try process.waitForExit() == 3)
        #expect(try process.output.waitForEnd() == "hello\n")
        #expect(try process.errors.waitForEnd() == "problem\n")
    }
}
