import EdgeCore
import EdgeTestSupport
import Synchronization
import Testing

@testable import EdgeTLS

/// How long a client's ticket opens what it was given for.
@Suite struct TicketKeysTests {
    private final class Clock: Sendable {
        private let time = Mutex(Instant(nanoseconds: 0))
        var now: Instant { time.withLock { $0 } }
        func advance(by span: Instant.Span) { time.withLock { $0 = $0.advanced(by: span) } }
    }

    private static let almost = Instant.Span.nanoseconds(TicketKeys.lifetime.nanoseconds - 1)

    /// When somebody comes with a first ticket, whether one got another meanwhile, and whether it is taken.
    static let visits: [(steps: [Instant.Span], isTaken: Bool)] = [
        ([.zero], true), ([almost], true),
        // The key makes no new tickets any more.
        ([TicketKeys.lifetime], true), ([almost, almost], true),
        // It is gone, whether another was needed meanwhile or not.
        ([TicketKeys.lifetime, TicketKeys.lifetime], false),
        ([.nanoseconds(2 * TicketKeys.lifetime.nanoseconds)], false),
    ]

    @Test(
        "A ticket is taken for less than twice the lifetime of its key, and a full handshake follows then",
        arguments: MemoryClient.Version.allCases, visits)
    func visit(version: MemoryClient.Version, visit: (steps: [Instant.Span], isTaken: Bool)) throws {
        let clock = Clock()
        let contexts = try TLSContexts.thrownAway(tickets: TicketKeys(now: { clock.now }))
        let first = try meet(contexts, MemoryClient(version))
        #expect(!first.hasResumed)
        for step in visit.steps {
            clock.advance(by: step)
            // Somebody else, who gets a ticket of the newest key.
            _ = try meet(contexts, MemoryClient(version))
        }
        #expect(try meet(contexts, MemoryClient(version, resuming: first)).hasResumed == visit.isTaken)
    }

    @Test("Who comes with a ticket of the older key gets one of the newer", arguments: MemoryClient.Version.allCases)
    func renewal(version: MemoryClient.Version) throws {
        let clock = Clock()
        let contexts = try TLSContexts.thrownAway(tickets: TicketKeys(now: { clock.now }))
        var client = try meet(contexts, MemoryClient(version))
        for _ in 0..<4 {
            clock.advance(by: TicketKeys.lifetime)
            client = try meet(contexts, MemoryClient(version, resuming: client))
            #expect(client.hasResumed)
        }
    }

    /// The client, behind its handshake and with its ticket.
    private func meet(_ contexts: TLSContexts, _ client: MemoryClient?) throws -> MemoryClient {
        let client = try #require(client)
        let server = try MemoryServer(contexts)
        try server.exchange(with: client)
        #expect(client.isDone && server.handshake != nil)
        _ = client.read()
        return client
    }
}
