import EdgeTestSupport
import Testing

@testable import EdgeTLS

/// Who makes room where more handshakes begin than there are places for.
@Suite struct HandshakePlacesTests {
    private let contexts = Result { try TLSContexts.thrownAway() }

    @Test("Handshakes take their place with the first byte; over the limit the one that began first makes room")
    func limit() throws {
        let handshakes = HandshakePlaces(maximum: 1)
        let silent = try MemoryServer(contexts.get(), handshakes: handshakes)
        let (first, second) = (
            try MemoryServer(contexts.get(), handshakes: handshakes),
            try MemoryServer(contexts.get(), handshakes: handshakes)
        )
        let client = try #require(MemoryClient(.v1_3))
        _ = client.advance()
        try first.feed([22], inPiecesOf: 1)
        #expect(first.isOpen)
        try second.feed([22], inPiecesOf: 1)
        #expect(!first.isOpen)
        #expect(first.wasRefused)
        #expect(second.isOpen)
        try second.feed(Array(client.take().dropFirst()), inPiecesOf: .max)
        try second.exchange(with: client)
        #expect(second.handshake != nil)
        let other = try #require(MemoryClient(.v1_3))
        try silent.exchange(with: other)
        #expect(silent.handshake != nil)
        #expect(second.isOpen, "a handshake that is done has no place to give")
    }

    /// Connections of these clients, one after the other, of which each has sent its first byte.
    private func beginners(_ clients: [UInt32?], _ handshakes: HandshakePlaces) throws -> [MemoryServer] {
        try clients.map { client in
            let server = try MemoryServer(contexts.get(), handshakes: handshakes, client: client)
            try server.feed([22], inPiecesOf: 1)
            return server
        }
    }

    /// A client that has said its first, and the edge's side of it.
    private func visitor(_ handshakes: HandshakePlaces) throws -> (client: MemoryClient, server: MemoryServer) {
        let client = try #require(MemoryClient(.v1_3))
        _ = client.advance()
        return (client, try MemoryServer(contexts.get(), handshakes: handshakes, client: 1))
    }

    @Test("A client that begins more handshakes than there are places for pushes out nobody but himself")
    func oneGreedyClient() throws {
        let handshakes = HandshakePlaces(maximum: 8)
        let (client, honest) = try visitor(handshakes)
        let hello = client.take()
        try honest.feed(Array(hello.prefix(10)), inPiecesOf: .max)
        let others = try beginners(Array(repeating: 2, count: 20), handshakes)
        #expect(others.map(\.isOpen) == others.indices.map { $0 >= 13 }, "the oldest of his went")
        try honest.feed(Array(hello.dropFirst(10)), inPiecesOf: .max)
        try honest.exchange(with: client)
        #expect(honest.handshake != nil)
    }

    @Test("Clients that only begin, however many they are, push out none that has its answer and has to go on")
    func manyGreedyClients() throws {
        let handshakes = HandshakePlaces(maximum: 8)
        let (client, honest) = try visitor(handshakes)
        try honest.feed(client.take(), inPiecesOf: .max)
        let others = try beginners(Array(2..<30), handshakes)
        #expect(others.count { $0.isOpen } == 7)
        try honest.exchange(with: client)
        #expect(honest.handshake != nil)
    }

    @Test("Clients that wait with their part, however many they are, leave half of the places to those who begin")
    func manySilentClients() throws {
        let handshakes = HandshakePlaces(maximum: 8)
        let (client, honest) = try visitor(handshakes)
        let hello = client.take()
        try honest.feed(Array(hello.prefix(10)), inPiecesOf: .max)
        let silent = try (2..<30).map { (number: UInt32) in
            let other = try #require(MemoryClient(.v1_3))
            _ = other.advance()
            let server = try MemoryServer(contexts.get(), handshakes: handshakes, client: number)
            try server.feed(other.take(), inPiecesOf: .max)
            return server
        }
        #expect(silent.count { $0.isOpen } == 7)
        try honest.feed(Array(hello.dropFirst(10)), inPiecesOf: .max)
        try honest.exchange(with: client)
        #expect(honest.handshake != nil)
    }

    @Test("Those that are not told apart by address do not pay for each other")
    func behindProxy() throws {
        let handshakes = HandshakePlaces(maximum: 8)
        let proxied = try beginners(Array(repeating: nil, count: 4), handshakes)
        let others = try beginners(Array(repeating: 2, count: 20), handshakes)
        #expect(others.count { $0.isOpen } == 4)
        #expect(proxied.count { $0.isOpen } == 4)
    }

    @Test("Places come back, whatever becomes of the handshake")
    func placesComeBack() throws {
        let handshakes = HandshakePlaces(maximum: 1)
        let (first, second) = (
            try MemoryServer(contexts.get(), handshakes: handshakes),
            try MemoryServer(contexts.get(), handshakes: handshakes)
        )
        try first.feed([22], inPiecesOf: 1)
        #expect(handshakes.count == 1)
        // No handshake: it fails and leaves.
        try first.feed(Array("nonsense".utf8), inPiecesOf: .max)
        #expect(!first.isOpen)
        #expect(handshakes.count == 0)
        try second.exchange(with: try #require(MemoryClient(.v1_3)))
        #expect(second.handshake != nil)
        #expect(handshakes.count == 0)
    }
}
