import EdgeCore
import EdgeTestSupport
import Testing

@testable import EdgeUpstream

/// Which connections serve another request, and which never do.
@Suite struct UpstreamReuseTests {
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
            #expect(try await client.send().text == "whole")
        }
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

    @Test("A connection that has lived long enough serves no other request")
    func lifetime() async throws {
        let server = try ScriptedServer([.answer(.recorded), .stall], [.answer(.recorded)])
        try await Harness.with(port: server.port, { $0.connectionLifetime = .zero }) { client async throws in
            #expect(try await client.send().status == 200)
            #expect(try await client.send().status == 200)
        }
        #expect(server.requests.map(\.connection) == [0, 1])
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

    @Test("A connection that has only waited so far is looked at like one that has served", arguments: interruptions)
    func interruptedBeforeFirstRequest(_ interruption: ScriptedServer.Interruption) async throws {
        let server = try ScriptedServer([.answer(.answer("wrong"))], [.answer(.answer("right"))])
        try await Harness.with(port: server.port) { client async throws in
            // Who has it opened leaves.
            _ = try await client.start(cancelled: true)
            #expect(try await client.soon { $0.pool.idleCount > 0 && server.connectionCount > 0 })
            let result = try await client.send(.sample(idempotencyKey: nil)) {
                server.interrupt(0, by: interruption)
            }
            #expect(result.text == "right")
            #expect(result.trace.attempts == 1)
        }
        #expect(server.requests.map(\.connection) == [1])
    }
}
