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
        stage.cost = .nanoseconds(TurnQueue.round.upperBound.nanoseconds / 5)
        let clients = try (0..<10).map { try stage.client("\($0)") }
        for client in clients { try client.send(TurnStage.bytes(3 * InputTurns.piece)) }
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(5))
        // Nine have come since the first began to wait, but as long as five take is most.
        #expect(stage.order == (0..<5).map { "\($0)" })
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(5))
        #expect(stage.order == ["5"])
        stage.settle()
        #expect(clients.allSatisfy { $0.received == TurnStage.bytes(3 * InputTurns.piece) })
    }

    @Test("Who has little left goes before those who have much, in half of the time, which they have in any case")
    func little() throws {
        let stage = TurnStage()
        stage.cost = .nanoseconds(TurnQueue.round.upperBound.nanoseconds / 5)
        let (much, little) = (TurnStage.bytes(9 * InputTurns.piece), TurnStage.bytes(2 * InputTurns.piece))
        let floods = try (0..<4).map { try stage.client("\($0)") }
        let others = try ["a", "b", "c", "d"].map { try stage.client($0) }
        for client in floods { try client.send(much) }
        for client in others { try client.send(little) }
        stage.order = []
        // As long as five take.
        stage.loop.advanceTime(by: .microseconds(5))
        #expect(stage.order == ["a", "b", "c", "0", "1"])
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(5))
        #expect(stage.order == ["d", "2"])
        stage.settle()
        #expect(floods.allSatisfy { $0.received == much })
        #expect(others.allSatisfy { $0.received == little })
    }

    @Test("Those who have little do not keep those waiting for ever who have much")
    func muchGoesOn() throws {
        let stage = TurnStage()
        let flood = try stage.client("much")
        try flood.send(TurnStage.bytes(9 * InputTurns.piece))
        let others = try (0..<9).map { try stage.client("\($0)") }
        for round in 1...4 {
            for client in others { try client.send(TurnStage.bytes(2 * InputTurns.piece)) }
            stage.loop.advanceTime(by: .microseconds(5))
            #expect(flood.received.count == (1 + round) * InputTurns.piece)
        }
        stage.settle()
        #expect(flood.received.count == 9 * InputTurns.piece)
    }
}
