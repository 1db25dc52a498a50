import EdgeCore
import EdgeTestSupport
import NIOCore
import Testing

@testable import EdgeUpstream

@Suite struct UpstreamClientTests {
    @Test("An answer comes back with its body and its trace")
    func answer() async throws {
        let server = try ScriptedServer([.answer(.recorded), .answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            let first = try await client.send()
            guard case .answer(let answer, let trace) = first else { throw Unexpected.result }
            #expect(answer.status == 200)
            #expect(answer.isJSON)
            #expect(String(decoding: answer.body, as: UTF8.self) == #"{"success":true}"#)
            #expect(trace.address == "127.0.0.1:\(server.port)")
            #expect(!trace.isReused)
            #expect(trace.connectMicroseconds != nil)
            #expect(trace.tlsMicroseconds == nil)
            #expect(trace.attempts == 1)
            #expect(!trace.mayHaveBeenRecorded)
            let firstByte = try #require(trace.firstByteMicroseconds)
            #expect(firstByte > 0 && firstByte <= trace.totalMicroseconds)

            let second = try await client.send()
            #expect(second.status == 200)
            #expect(second.trace.isReused)
            #expect(second.trace.connectMicroseconds == nil)
        }
        #expect(server.requests.map(\.connection) == [0, 0])
        #expect(server.requests.first?.body == #"{"event":"a","email":"b@c.d"}"#)
    }

    @Test("A completion may send the next request, and never runs inside send")
    func completionSends() async throws {
        let server = try ScriptedServer([.answer(.recorded), .answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            let results = try await client.onLoop { client in
                let promise = client.eventLoop.makePromise(of: [UpstreamResult].self)
                var hasReturned = false
                client.send(.sample()) { first in
                    #expect(hasReturned)
                    client.send(.sample()) { second in promise.succeed([first, second]) }
                }
                hasReturned = true
                return promise.futureResult
            }.get()
            #expect(results.map(\.status) == [200, 200])
        }
        #expect(server.requests.map(\.connection) == [0, 0])
    }

    struct Loss: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var step: ScriptedServer.Step
        var retry = UpstreamSettings.Retry.safe
        var idempotencyKey: String? = "key-1"
        /// How often the upstream sees the request that is lost.
        var copies: Int
        var failure: UpstreamFailure?
    }

    static let losses = [
        Loss(testDescription: "closed, with a key", step: .close, copies: 2),
        Loss(testDescription: "closed, without a key", step: .close, idempotencyKey: nil, copies: 1, failure: .closed),
        Loss(testDescription: "closed, retry never", step: .close, retry: .never, copies: 1, failure: .closed),
        Loss(testDescription: "reset, with a key", step: .reset, copies: 2),
        Loss(testDescription: "reset, without a key", step: .reset, idempotencyKey: nil, copies: 1, failure: .closed),
        Loss(
            testDescription: "half an answer, with a key", step: .answerThenClose("HTTP/1.1 200 OK\r\nConte"),
            copies: 1,
            failure: .closed),
        Loss(
            testDescription: "a body cut short",
            step: .answerThenClose("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
            copies: 1, failure: .closed),
        Loss(
            testDescription: "not HTTP", step: .answerThenClose("SSH-2.0-x\r\n"), copies: 1, failure: .invalidResponse),
    ]

    @Test("A request lost on a fresh connection is repeated once if it carries an Idempotency-Key", arguments: losses)
    func lossOnFreshConnection(_ loss: Loss) async throws {
        let server = try ScriptedServer([loss.step], [.answer(.recorded)])
        try await Harness.with(port: server.port, { $0.retry = loss.retry }) { client async throws in
            let result = try await client.send(.sample(idempotencyKey: loss.idempotencyKey))
            #expect(result.failure == loss.failure)
            #expect(result.trace.attempts == loss.copies)
            #expect(result.trace.mayHaveBeenRecorded)
        }
        #expect(
            server.requests.map { $0.field("Idempotency-Key") }
                == Array(repeating: loss.idempotencyKey, count: loss.copies))
        #expect(server.requests.map(\.connection) == Array(0..<loss.copies))
    }

    @Test("The same on a connection that has served before; the repeat goes over a fresh one", arguments: losses)
    func lossOnReusedConnection(_ loss: Loss) async throws {
        let server = try ScriptedServer([.answer(.recorded), loss.step], [.answer(.recorded)])
        try await Harness.with(port: server.port, { $0.retry = loss.retry }) { client async throws in
            _ = try await client.send(.sample(idempotencyKey: "before"))
            let result = try await client.send(.sample(idempotencyKey: loss.idempotencyKey))
            #expect(result.failure == loss.failure)
            #expect(result.trace.attempts == loss.copies)
            #expect(result.trace.isReused == (loss.copies == 1))
        }
        let copies = server.requests.dropFirst()
        #expect(copies.map { $0.field("Idempotency-Key") } == Array(repeating: loss.idempotencyKey, count: loss.copies))
        #expect(copies.map(\.connection) == Array(0..<loss.copies))
    }

    @Test("A request is repeated once and not more")
    func repeatedOnce() async throws {
        let server = try ScriptedServer([.close], [.close], [.answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .closed)
            #expect(result.trace.attempts == 2)
        }
        #expect(server.requests.count == 2)
    }

    @Test("A repeat that cannot connect is a lost request, not one that was never sent")
    func repeatFindsNobody() async throws {
        // Listens no more once the first connection has come.
        let server = try ScriptedServer([.close])
        try await Harness.with(port: server.port) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .closed)
            #expect(result.trace.mayHaveBeenRecorded)
        }
        #expect(server.requests.count == 1)
    }

    /// What an upstream may do on a connection that has its answer.
    static let interruptions: [ScriptedServer.Interruption] = [
        .closing, .saying("H"), .saying(.answer("unasked")),
        .saying(.answer("unasked", status: "408 Request Timeout", fields: "Connection: close\r\n")),
    ]

    @Test(
        "An idle connection that upstream closes, or says something on, is dropped at once and costs no attempt",
        arguments: interruptions)
    func interruptedWhileIdle(_ interruption: ScriptedServer.Interruption) async throws {
        let server = try ScriptedServer(
            [.answer(.answer("first")), .answer(.answer("wrong"))], [.answer(.answer("second"))])
        try await Harness.with(port: server.port) { client async throws in
            #expect(try await client.send().text == "first")
            server.interrupt(0, by: interruption)
            #expect(try await client.losesConnections(), "it is still kept")
            let result = try await client.send(.sample(idempotencyKey: nil))
            #expect(result.text == "second")
            #expect(result.trace.attempts == 1)
        }
        #expect(server.requests.map(\.connection) == [0, 1])
    }

    @Test(
        "A request that finds something unasked on its connection goes out once, on a fresh one, for an answer of its own",
        arguments: interruptions)
    func interruptedBeforeRequest(_ interruption: ScriptedServer.Interruption) async throws {
        let server = try ScriptedServer(
            [.answer(.answer("first")), .answer(.answer("wrong"))],
            [.answer(.answer("second")), .answer(.answer("third"))])
        // One connection: the fresh one has to take the place of the other.
        try await Harness.with(port: server.port, { $0.maximumConnections = 1 }) { client async throws in
            #expect(try await client.send().text == "first")
            let result = try await client.send(.sample(idempotencyKey: nil)) {
                server.interrupt(0, by: interruption)
            }
            #expect(result.text == "second")
            #expect(result.trace.attempts == 1)
            #expect(!result.trace.isReused)
            #expect(try await client.send().text == "third")
        }
        #expect(server.requests.map(\.connection) == [0, 1, 1])
    }

    @Test(
        "No second request goes over a connection whose answer forbids it",
        arguments: [
            .answer("{}", fields: "Connection: close\r\n"),
            .recorded + "HTTP/1.1 200 OK\r\n",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        ])
    func notReused(_ answer: String) async throws {
        let server = try ScriptedServer([.answer(answer), .stall], [.answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            #expect(try await client.send().status == 200)
            #expect(try await client.send().status == 200)
        }
        #expect(server.requests.map(\.connection) == [0, 1])
    }

    @Test("A body that ends with the connection is an answer where the upstream said so")
    func bodyToClose() async throws {
        let server = try ScriptedServer([.answerThenClose("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwhole")])
        try await Harness.with(port: server.port) { client async throws in
            guard case .answer(let answer, _) = try await client.send() else { throw Unexpected.result }
            #expect(String(decoding: answer.body, as: UTF8.self) == "whole")
        }
    }

    @Test("A stall ends in a timeout that names its phase, and is not repeated", arguments: [true, false])
    func stall(_ isBeforeFirstByte: Bool) async throws {
        let step: ScriptedServer.Step = isBeforeFirstByte ? .stall : .answer("HTTP/1.1 200 OK\r\n")
        let server = try ScriptedServer([step], [.answer(.recorded)])
        let configure = { (settings: inout UpstreamSettings) in
            settings.firstByteTimeout = isBeforeFirstByte ? .milliseconds(200) : .seconds(10)
            settings.totalTimeout = isBeforeFirstByte ? .seconds(10) : .milliseconds(500)
        }
        try await Harness.with(port: server.port, configure) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .timeout(isBeforeFirstByte ? .firstByte : .total))
            #expect(result.trace.mayHaveBeenRecorded)
        }
        #expect(server.requests.count == 1)
    }

    @Test("Requests beyond the connections wait their turn; those beyond inFlight are refused at once")
    func queue() async throws {
        let server = try ScriptedServer([.answer(.recorded), .answer(.recorded)])
        let configure = { (settings: inout UpstreamSettings) in
            settings.maximumConnections = 1
            settings.maximumInFlight = 2
        }
        try await Harness.with(port: server.port, configure) { client async throws in
            let results = try await client.sendTogether(3)
            #expect(results.map(\.status) == [200, 200, nil])
            #expect(results.last?.failure == .overloaded)
        }
        #expect(server.requests.map(\.connection) == [0, 0])
    }

    @Test("What waits too long for a connection fails in the queue, unsent")
    func queueTimeout() async throws {
        let server = try ScriptedServer([.stall])
        let configure = { (settings: inout UpstreamSettings) in
            settings.maximumConnections = 1
            settings.totalTimeout = .seconds(1)
        }
        try await Harness.with(port: server.port, configure) { client in
            let results = try await client.sendTogether(2)
            #expect(results.map(\.failure) == [.timeout(.total), .timeout(.queue)])
            #expect(results.map(\.trace.attempts) == [1, 0])
            #expect(results.map(\.trace.mayHaveBeenRecorded) == [true, false])
        }
    }

    @Test("A cancelled request that waits is dropped; one that was sent runs on")
    func cancel() async throws {
        let server = try ScriptedServer([.answer(.recorded), .answer(.recorded)])
        try await Harness.with(port: server.port, { $0.maximumConnections = 1 }) { client async throws in
            let waiting = try await client.start(cancelled: true)
            #expect(try await waiting.get().failure == .cancelled)
            #expect(try await client.send().status == 200)
            let sent = try await client.start(cancelled: true)
            #expect(try await sent.get().status == 200)
        }
        #expect(server.requests.count == 2)
    }

    @Test("An answer to the request before this one is nobody's, and ends its connection")
    func earlierAnswer() async throws {
        // The upstream is one answer behind: it answers the second request with the first one's id once more.
        let first = String.answer("{}", fields: "X-Request-ID: request-1\r\n")
        let server = try ScriptedServer([.answer(first), .answer(first)], [.answer(.recorded)])
        try await Harness.with(port: server.port, { $0.maximumConnections = 1 }) { client async throws in
            #expect(try await client.send().status == 200)
            var request = UpstreamRequest.sample()
            request.requestID = Identifier(given: Array("request-2".utf8)[...])
            #expect(try await client.send(request).failure == .invalidResponse)
            #expect(try await client.send(request).text == #"{"success":true}"#)
        }
        #expect(server.requests.map(\.connection) == [0, 0, 1])
    }

    @Test("Nothing listens: connect fails five times, then the breaker answers at once")
    func refused() async throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        try await Harness.with(port: port) { client async throws in
            for _ in 0..<Breaker.threshold { #expect(try await client.send().failure == .connect) }
            var result = try await client.send()
            // A test that had to wait its turn for longer than the breaker pauses has sent a probe, whose failure is one more.
            for _ in 0..<10 where result.failure == .connect { result = try await client.send() }
            // 5, less what has passed since the last failure.
            #expect((1...5).contains { result.failure == .down(retryAfterSeconds: $0) })
            #expect(result.trace.attempts == 0)
        }
    }

    @Test("When the breaker opens, requests that wait for a connection fail with it")
    func waitingWhenDown() async throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        try await Harness.with(port: port, { $0.maximumConnections = 1 }) { client async throws in
            let failures = try await client.sendTogether(Breaker.threshold + 3).map(\.failure)
            #expect(failures.prefix(Breaker.threshold).allSatisfy { $0 == .connect })
            #expect(failures.dropFirst(Breaker.threshold).allSatisfy { $0 == .down(retryAfterSeconds: 5) })
        }
    }

    @Test("A connection that has lived long enough serves no other request")
    func lifetime() async throws {
        let server = try ScriptedServer([.answer(.recorded), .stall], [.answer(.recorded)])
        try await Harness.with(port: server.port, { $0.connectionLifetime = .zero }) { client async throws in
            #expect(try await client.send().status == 200)
            #expect(try await client.send().status == 200)
        }
        #expect(server.requests.map(\.connection) == [0, 1])
    }

    @Test("Fixed addresses are used instead of the resolver; the name stays in Host")
    func fixedAddresses() async throws {
        let server = try ScriptedServer([.answer(.recorded)])
        try await Harness.with(port: server.port, host: "plunk.invalid", { $0.addresses = [.v4Loopback] }) {
            client async throws in
            #expect(try await client.send().status == 200)
        }
        #expect(server.requests.first?.field("Host") == "plunk.invalid:\(server.port)")
    }

    @Test("A name that does not resolve is a failure to connect")
    func unresolvable() async throws {
        try await Harness.with(port: 80, host: "plunk.invalid") { client async throws in
            #expect(try await client.send().failure == .connect)
        }
    }

    @Test("A proxy is asked for a tunnel, and the request goes through it")
    func proxy() async throws {
        let proxy = try ScriptedServer([.answer("HTTP/1.1 200 Connection established\r\n\r\n"), .answer(.recorded)])
        let configure = { (settings: inout UpstreamSettings) in settings.proxy = "http://127.0.0.1:\(proxy.port)" }
        try await Harness.with(port: 8080, host: "plunk.invalid", configure) { client async throws in
            #expect(try await client.send().status == 200)
        }
        #expect(proxy.requests.count == 2)
        #expect(proxy.requests.first?.head.hasPrefix("CONNECT plunk.invalid:8080 HTTP/1.1\r\n") == true)
        #expect(proxy.requests.first?.field("Authorization") == nil)
        #expect(proxy.requests.last?.head.hasPrefix("POST /v1/track HTTP/1.1\r\n") == true)
    }

    @Test("A proxy that refuses is a failure to connect, and nothing was sent")
    func proxyRefuses() async throws {
        let proxy = try ScriptedServer([.answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")])
        let configure = { (settings: inout UpstreamSettings) in settings.proxy = "http://127.0.0.1:\(proxy.port)" }
        try await Harness.with(port: 8080, host: "plunk.invalid", configure) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .connect)
            #expect(result.trace.attempts == 0)
        }
    }

    @Test("A value that could write a header line of its own is refused unsent")
    func invalidRequest() async throws {
        let server = try ScriptedServer([.answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            let result = try await client.send(.sample(idempotencyKey: "a\r\nX-Project-Id: 1"))
            #expect(result.failure == .invalidRequest)
        }
        #expect(server.requests.isEmpty)
    }

    @Test("A large request goes out in parts")
    func largeRequest() async throws {
        let server = try ScriptedServer([.answer(.recorded)])
        let body = String(repeating: "x", count: 8 << 20)
        try await Harness.with(port: server.port) { client async throws in
            #expect(try await client.send(.sample(body: body)).status == 200)
        }
        #expect(server.requests.first?.body.utf8.count == body.utf8.count)
    }

    @Test("A retired client finishes what is in flight, takes what comes late, and keeps no connection")
    func retirement() async throws {
        let server = try ScriptedServer(
            [.answerInParts("HTTP/1.1 200 OK\r\n", "Content-Length: 0\r\n\r\n")], [.answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            let running = try await client.start()
            try await client.onLoop { $0.retire() }
            #expect(try await running.get().status == 200)
            #expect(try await client.send().status == 200)
            #expect(try await client.losesConnections())
        }
    }

    @Test("Shut down, it takes nothing new")
    func shutdown() async throws {
        let server = try ScriptedServer([])
        try await Harness.with(port: server.port) { client async throws in
            try await client.onLoop { $0.shutdown() }
            #expect(try await client.send().failure == .cancelled)
        }
    }
}

enum Unexpected: Error { case result }
