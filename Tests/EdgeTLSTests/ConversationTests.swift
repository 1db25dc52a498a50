import COpenSSL
import EdgeTestSupport
import Testing

@testable import EdgeTLS

/// Whole conversations in memory, however their bytes are cut.
@Suite struct ConversationTests {
    private let contexts = Result { try TLSContexts.thrownAway() }

    private func meet(
        _ version: MemoryClient.Version = .v1_3, size: Int = .max
    ) throws -> (client: MemoryClient, server: MemoryServer) {
        let client = try #require(MemoryClient(version))
        let server = try MemoryServer(contexts.get())
        try server.exchange(with: client, size: size)
        return (client, server)
    }

    static let sizes = [1, 2, 3, 5, 6, 100, 4096, Int.max]

    @Test("Bytes come through both ways, in any pieces", arguments: MemoryClient.Version.allCases, sizes)
    func pieces(version: MemoryClient.Version, size: Int) throws {
        let (client, server) = try meet(version, size: size)
        #expect(server.handshake?.version.description == (version == .v1_3 ? "TLSv1.3" : "TLSv1.2"))
        var expected: [UInt8] = []
        for length in [1, 100, 16 * 1024, 16 * 1024 + 1, 40_000] {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            client.write(bytes)
            expected += bytes
            try server.exchange(with: client, size: size)
            #expect(server.received == expected)
            server.handler.write(bytes)
            server.write(pieces: [[1, 2], [], [3]])
            var answer: [UInt8] = []
            for record in [server.take()] { client.feed(record) }
            answer += client.read()
            #expect(answer == bytes + [1, 2, 3])
        }
        client.sayClose()
        try server.exchange(with: client, size: size)
        _ = client.read()
        #expect(!server.isOpen)
        #expect(client.wasToldClose)
    }

    @Test("A first message cut anywhere is the same message", arguments: MemoryClient.Version.allCases)
    func cutAnywhere(version: MemoryClient.Version) throws {
        let length = try firstMessage(version).count
        for cut in 1..<length {
            let client = try #require(MemoryClient(version))
            let server = try MemoryServer(contexts.get())
            _ = client.advance()
            let hello = client.take()
            try server.feed(Array(hello[..<min(cut, hello.count)]), inPiecesOf: .max)
            #expect(server.take().isEmpty || cut >= hello.count)
            try server.feed(Array(hello[min(cut, hello.count)...]), inPiecesOf: .max)
            try server.exchange(with: client)
            #expect(server.handshake != nil, "cut at \(cut)")
        }
    }

    private func firstMessage(_ version: MemoryClient.Version) throws -> [UInt8] {
        let client = try #require(MemoryClient(version))
        _ = client.advance()
        return client.take()
    }

    @Test("A first message that is spoilt anywhere gives no handshake that the client takes for one, and nothing else")
    func spoiltAnywhere() throws {
        let length = try firstMessage(.v1_3).count
        // The version in the record's head means nothing and is not signed (RFC 8446, section 5.1).
        for place in 0..<length where !(1...2).contains(place) {
            let client = try #require(MemoryClient(.v1_3))
            let server = try MemoryServer(contexts.get())
            _ = client.advance()
            var hello = client.take()
            guard place < hello.count else { continue }
            hello[place] ^= 0x55
            try server.feed(hello, inPiecesOf: .max)
            client.feed(server.take())
            #expect(!client.advance(), "spoilt at \(place)")
            #expect(server.received.isEmpty)
        }
    }

    struct Garbage: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
    }

    static let garbage = [
        Garbage(testDescription: "HTTP in clear text", bytes: Array("POST /v1/track HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
        Garbage(testDescription: "HTTP/2's preface", bytes: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)),
        Garbage(testDescription: "zeros", bytes: [UInt8](repeating: 0, count: 20_000)),
        Garbage(
            testDescription: "a record over the limit",
            bytes: [22, 3, 1, 0xFF, 0xFF] + [UInt8](repeating: 1, count: 70_000)),
        Garbage(testDescription: "an alert", bytes: [21, 3, 3, 0, 2, 2, 40]),
        Garbage(testDescription: "application data", bytes: [23, 3, 3, 0, 3, 1, 2, 3]),
        Garbage(
            testDescription: "SSLv2",
            bytes: [0x80, 0x2E, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10] + [UInt8](repeating: 7, count: 37)),
    ]

    @Test("What is not TLS is closed, in any pieces", arguments: garbage, [1, 7, Int.max])
    func noTLS(row: Garbage, size: Int) throws {
        let server = try MemoryServer(contexts.get())
        try server.feed(row.bytes, inPiecesOf: size)
        #expect(!server.isOpen)
        #expect(server.received.isEmpty)
        #expect(server.handshake == nil)
    }

    @Test(
        "A record that is spoilt anywhere is delivered nowhere, and ends the connection", arguments: [0, 3, 5, 20, 60])
    func spoiltRecord(place: Int) throws {
        let (client, server) = try meet()
        client.write([UInt8](repeating: 1, count: 50))
        var record = client.take()
        record[min(place, record.count - 1)] ^= 1
        // A length that grew waits for the rest, which comes as the next record's beginning.
        client.write([UInt8](repeating: 2, count: 500))
        try server.feed(record + client.take(), inPiecesOf: .max)
        #expect(server.received.isEmpty)
        #expect(!server.isOpen)
    }

    @Test("A connection that ends in the middle of a record delivers nothing of it")
    func truncated() throws {
        let (client, server) = try meet()
        client.write(Array("whole".utf8))
        let whole = client.take()
        client.write(Array("cut off".utf8))
        try server.feed(whole + client.take().dropLast(), inPiecesOf: .max)
        #expect(server.received == Array("whole".utf8))
    }

    @Test(
        "New keys are taken, and not without end, whatever comes in between", arguments: [true, false], [true, false])
    func newKeys(ofBoth: Bool, between: Bool) throws {
        let (client, server) = try meet()
        for number in 1...32 {
            client.updateKeys(ofBoth: ofBoth)
            client.write([1])
            try server.exchange(with: client)
            #expect(server.received.count == number)
            #expect(client.read().isEmpty)
        }
        var rounds = 0
        while server.isOpen, rounds < 200 {
            client.updateKeys(ofBoth: ofBoth)
            if between { client.write([1]) }
            try server.feed(client.take(), inPiecesOf: .max)
            rounds += 1
        }
        #expect(!server.isOpen)
    }

    /// Leaves an error in the thread's queue, as any call of OpenSSL's may.
    private func failElsewhere() {
        [0xFF].withUnsafeBufferPointer { (bytes: UnsafeBufferPointer<UInt8>) in
            var place = bytes.baseAddress
            X509_free(d2i_X509(nil, &place, bytes.count))
        }
        #expect(ERR_peek_error() != 0)
    }

    @Test("What failed elsewhere on the thread is no failure of a connection", arguments: MemoryClient.Version.allCases)
    func foreignErrors(version: MemoryClient.Version) throws {
        let (client, server) = (try #require(MemoryClient(version)), try MemoryServer(contexts.get()))
        var sent: [UInt8]
        repeat {
            _ = client.advance()
            sent = client.take()
            for byte in sent {
                failElsewhere()
                try server.feed([byte], inPiecesOf: 1)
            }
            client.feed(server.take())
        } while !sent.isEmpty
        #expect(server.handshake != nil)
        client.write([1, 2, 3])
        for byte in client.take() {
            failElsewhere()
            try server.feed([byte], inPiecesOf: 1)
        }
        #expect(server.received == [1, 2, 3])
        failElsewhere()
        server.handler.write([4, 5])
        client.feed(server.take())
        ERR_clear_error()
        #expect(client.read() == [4, 5])
        #expect(server.isOpen)
    }

    @Test("A connection that is cut off leaves nothing of its own in the memory that it shares")
    func sharedMemory() throws {
        let memory = TLSMemory()
        let (greedy, honest) = (try #require(MemoryClient(.v1_3)), try #require(MemoryClient(.v1_3)))
        let first = try MemoryServer(contexts.get(), memory: memory)
        let second = try MemoryServer(contexts.get(), memory: memory)
        try first.exchange(with: greedy)
        try second.exchange(with: honest)
        while first.isOpen {
            greedy.updateKeys()
            try first.feed(greedy.take(), inPiecesOf: .max)
        }
        #expect(memory.records.isEmpty)
        second.handler.write([1, 2, 3])
        honest.feed(second.take())
        #expect(honest.read() == [1, 2, 3])
    }
}
