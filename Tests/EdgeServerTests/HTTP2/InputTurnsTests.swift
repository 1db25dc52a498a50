import EdgeCore
import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeServer

/// What of what one client has sent is handed on, and when.
@Suite struct InputTurnsTests {
    @Test("A little is handed on at once, and reading goes on")
    func little() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        try client.send(TurnStage.bytes(InputTurns.piece))
        #expect(client.received == TurnStage.bytes(InputTurns.piece))
        #expect(client.completions == 1)
        #expect(client.requests.reads == 1)
    }

    @Test("Of much there is one share at a time, and nothing more is read before the last")
    func much() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        try client.send(TurnStage.bytes(3 * InputTurns.piece + 1))
        #expect(client.received.count == InputTurns.piece)
        #expect(client.completions == 1)
        #expect(client.requests.reads == 0)
        stage.settle()
        #expect(client.received == TurnStage.bytes(3 * InputTurns.piece + 1))
        #expect(client.completions == 4, "each turn comes to its end")
        #expect(client.requests.reads == 1)
    }

    @Test("A share is as many pieces as it has time for")
    func share() throws {
        let stage = TurnStage()
        stage.cost = .nanoseconds(TurnQueue.smallestShare.nanoseconds / 4)
        let client = try stage.client("a")
        try client.send(TurnStage.bytes(10 * InputTurns.piece))
        #expect(client.received.count == 4 * InputTurns.piece)
        stage.settle()
        #expect(client.received == TurnStage.bytes(10 * InputTurns.piece))
    }

    @Test("What comes in one moment in many records has one share together")
    func records() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        client.onPiece = { $0.flush() }
        for _ in 0..<4 { client.channel.pipeline.fireChannelRead(ByteBuffer(bytes: TurnStage.bytes(10))) }
        client.channel.pipeline.fireChannelReadComplete()
        #expect(stage.order == ["a"])
        stage.settle()
        #expect(client.received == (0..<4).flatMap { _ in TurnStage.bytes(10) })
        #expect(stage.order == ["a", "a"], "the others together are less than a piece")
        #expect(client.requests.order == ["flush", "flush"])
    }

    @Test("Who takes no answers has no turns, and goes on when he does", arguments: [true, false])
    func unwritable(endsWithinPiece: Bool) throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        client.onPiece = { _ in client.isWritable = false }
        try client.send(TurnStage.bytes(4 * InputTurns.piece))
        stage.settle()
        #expect(client.received.count == InputTurns.piece)
        #expect(client.requests.reads == 0)
        client.onPiece = { _ in
            // As when a flush empties what was full.
            if endsWithinPiece { client.isWritable = false }
            client.isWritable = true
        }
        client.isWritable = true
        stage.settle()
        #expect(client.received == TurnStage.bytes(4 * InputTurns.piece))
        #expect(client.requests.reads == 1)
    }

    @Test("Who takes no answers is read no further, and is when he does", arguments: [true, false])
    func unread(waitsForTurn: Bool) throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        client.onPiece = { _ in client.isWritable = false }
        try client.send(TurnStage.bytes(InputTurns.piece))
        stage.settle()
        #expect(client.received.count == InputTurns.piece)
        #expect(client.requests.reads == 0)
        client.onPiece = { _ in }
        if waitsForTurn { client.channel.pipeline.fireChannelRead(ByteBuffer(bytes: [1])) }
        client.isWritable = true
        #expect(client.requests.reads == (waitsForTurn ? 0 : 1))
        stage.settle()
        #expect(client.requests.reads == 1)
    }

    @Test("Who has gone without taking answers is heard as far as a share reaches")
    func unwritableToTheEnd() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        client.onPiece = { _ in client.isWritable = false }
        try client.send(TurnStage.bytes(2 * InputTurns.piece))
        client.onPiece = { _ in }
        client.channel.pipeline.fireChannelInactive()
        #expect(stage.order == ["a", "a", "a gone"])
    }

    @Test("What comes while something waits goes behind it", arguments: [1, 511, 512, 513, 2000])
    func behind(count: Int) throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        let all = TurnStage.bytes(1500 + 3 * count)
        try client.send(Array(all[..<1500]))
        for index in 0..<3 { try client.send(Array(all[(1500 + index * count)...].prefix(count))) }
        stage.settle()
        #expect(client.received == all)
    }

    @Test("What comes in the middle of a piece waits for its turn")
    func inside() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        let all = TurnStage.bytes(2 * InputTurns.piece)
        client.onPiece = { [unowned client] _ in
            client.onPiece = { _ in }
            try? client.send(Array(all[(InputTurns.piece + 10)...]))
        }
        try client.send(Array(all[..<(InputTurns.piece + 10)]))
        stage.settle()
        #expect(client.received == all)
    }

    @Test("A client that goes away has said what it has sent, as far as a share reaches")
    func gone() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        try client.send(TurnStage.bytes(5000))
        client.channel.pipeline.fireChannelInactive()
        #expect(client.received == Array(TurnStage.bytes(5000).prefix(2 * InputTurns.piece)))
        #expect(stage.order == ["a", "a", "a gone"])
        stage.settle()
        #expect(stage.order.count == 3)
    }

    @Test("Nobody answers what waits when the edge closes")
    func closed() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        client.onPiece = { $0.close(promise: nil) }
        try client.send(TurnStage.bytes(5000))
        stage.settle()
        #expect(client.received.count == InputTurns.piece)
        #expect(stage.order == ["a", "a gone"])
    }

    @Test("A turn in which the connection closes has no end, behind which somebody could still write")
    func closedInTurn() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        try client.send(TurnStage.bytes(2 * InputTurns.piece))
        #expect(client.completions == 1)
        client.onPiece = { $0.close(promise: nil) }
        stage.settle()
        #expect(stage.order == ["a", "a", "a gone"])
        #expect(client.completions == 1)
    }

    @Test("What is written in a share goes out together")
    func flush() throws {
        let stage = TurnStage()
        stage.cost = .nanoseconds(TurnQueue.smallestShare.nanoseconds / 4)
        let client = try stage.client("a")
        client.onPiece = { $0.flush() }
        try client.send(TurnStage.bytes(8 * InputTurns.piece))
        #expect(client.requests.order == ["flush"])
        stage.settle()
        #expect(client.requests.order == ["flush", "flush"])
        try client.send([1])
        #expect(client.requests.order == ["flush", "flush", "flush"], "a little goes through as it comes")
    }

    @Test("What was written goes out before the connection closes")
    func lastFlush() throws {
        let stage = TurnStage()
        let client = try stage.client("a")
        client.onPiece = { context in
            context.flush()
            context.close(promise: nil)
        }
        try client.send(TurnStage.bytes(2 * InputTurns.piece))
        #expect(client.requests.order == ["flush", "close"])
    }
}
