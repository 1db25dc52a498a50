import EdgeCore
import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeServer

/// Whose turn it is, and how long it is.
@Suite struct TurnQueueTests {
    @Test("Where many wait each share is smaller, down to a few requests")
    func shares() throws {
        let stage = TurnStage()
        let clients = try (0..<30).map { try stage.client("\($0)") }
        #expect(stage.queue.share == TurnQueue.budget)
        try clients[0].send(TurnStage.bytes(2 * InputTurns.piece))
        #expect(stage.queue.share.nanoseconds == TurnQueue.budget.nanoseconds / 2)
        for client in clients.dropFirst() { try client.send(TurnStage.bytes(2 * InputTurns.piece)) }
        #expect(stage.queue.share == TurnQueue.smallestShare)
        stage.settle()
        #expect(clients.allSatisfy { $0.received == TurnStage.bytes(2 * InputTurns.piece) })
        #expect(stage.queue.share == TurnQueue.budget)
    }

    @Test("Who has much goes on by turns, and who comes with little does not wait")
    func turns() throws {
        let stage = TurnStage()
        let (first, second, third) = try (stage.client("a"), stage.client("b"), stage.client("c"))
        try first.send(TurnStage.bytes(3 * InputTurns.piece))
        try second.send(TurnStage.bytes(3 * InputTurns.piece))
        try third.send([1])
        #expect(stage.order == ["a", "b", "c"])
        stage.settle()
        #expect(stage.order == ["a", "b", "c", "a", "b", "a", "b"])
    }

    @Test("Those that wait have as long as the others had, or a few turns, before the loop looks at its sockets")
    func rounds() throws {
        let stage = TurnStage()
        let clients = try (0..<10).map { try stage.client("\($0)") }
        for client in clients { try client.send(TurnStage.bytes(3 * InputTurns.piece)) }
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(5))
        // Nine have come since the first began to wait, but five milliseconds are most.
        #expect(stage.order == (0..<5).map { "\($0)" })
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(5))
        #expect(stage.order == ["5"])
        stage.settle()
        #expect(clients.allSatisfy { $0.received == TurnStage.bytes(3 * InputTurns.piece) })
    }
}
