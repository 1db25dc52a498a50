import EdgeCore
import EdgeTestSupport
import Testing

@testable import EdgeUpstream

/// Requests whose connection is lost: which of them go out once more.
@Suite struct UpstreamLossTests {
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
            server.requests.map { $0["idempotency-key"] }
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
        #expect(copies.map { $0["idempotency-key"] } == Array(repeating: loss.idempotencyKey, count: loss.copies))
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
}
