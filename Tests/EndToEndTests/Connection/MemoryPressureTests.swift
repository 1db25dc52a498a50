import EdgeTestSupport
import Glibc
import Testing

/// Requests that have not come whole take no more than a bounded part of memory, whoever sends them.
@Suite struct MemoryPressureTests {
    /// Twice what they may take, for memory is freed in other pieces than it is taken, and what any edge needs.
    private static let ceiling = 2 * 128 << 20 + Scene.memoryCeiling
    private static let overloaded = Refusal(
        status: 503, code: "EXTERNAL_SERVICE_ERROR", reason: "overloaded", outcome: "overloaded")
    private static let changes: JSONValue = [
        "body": ["maxSize": "1MiB"],
        "limits": ["connectionsPerClient": 300, "perClient": nil, "timeouts": ["body": "30m"]],
    ]

    @Test(
        "The oldest of who has the most make room and are told so; the others end well, and who has little keeps it",
        .enabled(if: sysconf(CInt(_SC_NPROCESSORS_ONLN)) <= 8, "each event loop may hold 16 MiB, so more would fit"))
    func room() async throws {
        try await Scene.run(Self.changes.merging(Scene.h2c)) {
            let scene = try Scene.of()
            let honest = try scene.connect(from: 2)
            try honest.send(Array(ClientRequest.track("honest").bytes.dropLast()))
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

            try honest.send(Array(ClientRequest.track("honest").bytes.suffix(1)))
            #expect(try honest.response().status == 200)
            #expect(try scene.edge.process.peakResidentBytes < Self.ceiling)

            let displaced = multiplexed.filter { (try? $0.receive(for: .zero)) != nil && $0.streams[1] != nil }
            try #require(!displaced.isEmpty)
            for client in displaced {
                try scene.expect(Self.overloaded, try client.response(on: 1))
                #expect(try client.exchange(.track(), on: 3).status == 200)
            }
        }
    }
}
