import EdgeTestSupport
import Glibc
import Testing

/// Bodies that wait for their rest take no more than a bounded part of memory, whoever sends them.
@Suite struct BodyMemoryTests {
    private static let overloaded = Refusal(
        status: 503, code: "EXTERNAL_SERVICE_ERROR", reason: "overloaded", outcome: "overloaded")
    private static let changes: JSONValue = [
        "body": ["maxSize": "1MiB"],
        "limits": ["connectionsPerClient": 300, "perClient": nil, "timeouts": ["body": "2m"]],
    ]

    @Test(
        "Those that have been under way for longest make room, are told so, and the others end well",
        .enabled(if: sysconf(CInt(_SC_NPROCESSORS_ONLN)) <= 8, "each event loop may hold 16 MiB, so more would fit"))
    func room() async throws {
        try await Scene.run(Self.changes.merging(Scene.h2c)) {
            let scene = try Scene.of()
            let multiplexed = try (0..<16).map { _ in
                let client = try scene.connectHTTP2()
                try client.send(ClientRequest.track().frames(on: 1).dropLast())
                try client.send(.data(1, [32], endStream: false))
                return client
            }
            // Half as many again as fit.
            let event = #"{"event":"signup","email":"ada@example.com"}"# + String(repeating: " ", count: 1_048_000)
            let bytes = ClientRequest.track().body(event).bytes
            let clients = try (0..<192).map { _ in
                let client = try scene.connect()
                try client.send(Array(bytes.dropLast()))
                return client
            }
            #expect(try scene.exchange(.track()).status == 200)
            // From the youngest on, so that the edge has read the others' when they end.
            let responses = try clients.reversed().map { client in
                // Who has been refused may have been closed.
                try? client.send(Array(bytes.suffix(1)))
                return try client.response()
            }
            let refused = responses.filter { $0.status != 200 }
            #expect((60...100).contains(refused.count))
            for response in refused { try scene.expect(Self.overloaded, response) }

            let displaced = multiplexed.filter { (try? $0.receive(for: .zero)) != nil && $0.streams[1] != nil }
            try #require(!displaced.isEmpty)
            for client in displaced {
                try scene.expect(Self.overloaded, try client.response(on: 1))
                #expect(try client.exchange(.track(), on: 3).status == 200)
            }
        }
    }
}
