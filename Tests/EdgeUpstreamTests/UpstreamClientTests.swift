import EdgeCore
import EdgeTestSupport
import NIOCore
import Testing

@testable import EdgeUpstream

/// One request and its answer, and the client's end.
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
        #expect(server.requests.first?.text == #"{"event":"a","email":"b@c.d"}"#)
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
        #expect(server.requests.first?.body.count == body.utf8.count)
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

private enum Unexpected: Error { case result }
