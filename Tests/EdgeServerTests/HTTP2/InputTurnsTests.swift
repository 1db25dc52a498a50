import EdgeCore
import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeServer

/// What each of some clients has sent, and when it is handed on. The clock moves by what each piece is said to take.
@Suite struct InputTurnsTests {
    /// A loop with its queue, and the clock of both.
    private final class Stage {
        let loop = EmbeddedEventLoop()
        var time = Instant(nanoseconds: 0)
        /// What a piece takes.
        var cost = TurnQueue.budget
        /// Whose piece was handed on, and how much of it.
        var order: [String] = []
        private(set) lazy var queue = TurnQueue(loop) { [unowned self] in time }

        func client(_ name: String) throws -> Client { try Client(name, self) }

        /// Until nobody waits.
        func settle() { loop.advanceTime(by: .milliseconds(10)) }
    }

    private final class Client: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer

        let name: String
        private unowned let stage: Stage
        let channel: EmbeddedChannel
        var received: [UInt8] = []
        var completions = 0
        /// What is done with each piece.
        var onPiece: (ChannelHandlerContext) -> Void = { _ in }
        let requests = Requests()

        init(_ name: String, _ stage: Stage) throws {
            (self.name, self.stage, channel) = (name, stage, EmbeddedChannel(loop: stage.loop))
            try channel.pipeline.syncOperations.addHandlers(requests, InputTurns(stage.queue), self)
            try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            received += bytes.readableBytesView
            stage.order.append(name)
            stage.time = stage.time.advanced(by: stage.cost)
            onPiece(context)
        }

        func channelReadComplete(context: ChannelHandlerContext) { completions += 1 }

        func channelInactive(context: ChannelHandlerContext) { stage.order.append("\(name) gone") }

        /// What has been read of a socket, and the wish to read on behind it.
        func send(_ bytes: [UInt8]) throws {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
            channel.pipeline.fireChannelReadComplete()
            channel.pipeline.read()
        }
    }

    /// What the channel is asked for.
    private final class Requests: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var reads = 0
        var order: [String] = []
        func read(context: ChannelHandlerContext) { reads += 1 }
        func flush(context: ChannelHandlerContext) { order.append("flush") }
        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            order.append("close")
            context.close(mode: mode, promise: promise)
        }
    }

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

    @Test("A little is handed on at once, and reading goes on")
    func little() throws {
        let stage = Stage()
        let client = try stage.client("a")
        try client.send(Self.bytes(InputTurns.piece))
        #expect(client.received == Self.bytes(InputTurns.piece))
        #expect(client.completions == 1)
        #expect(client.requests.reads == 1)
    }

    @Test("Of much there is one share at a time, and nothing more is read before the last")
    func much() throws {
        let stage = Stage()
        let client = try stage.client("a")
        try client.send(Self.bytes(3 * InputTurns.piece + 1))
        #expect(client.received.count == InputTurns.piece)
        #expect(client.completions == 1)
        #expect(client.requests.reads == 0)
        stage.settle()
        #expect(client.received == Self.bytes(3 * InputTurns.piece + 1))
        #expect(client.completions == 4, "each turn comes to its end")
        #expect(client.requests.reads == 1)
    }

    @Test("A share is as many pieces as it has time for")
    func share() throws {
        let stage = Stage()
        stage.cost = .nanoseconds(TurnQueue.smallestShare.nanoseconds / 4)
        let client = try stage.client("a")
        try client.send(Self.bytes(10 * InputTurns.piece))
        #expect(client.received.count == 4 * InputTurns.piece)
    }

    @Test("Where many wait each share is smaller, down to a few requests")
    func shares() throws {
        let stage = Stage()
        let clients = try (0..<30).map { try stage.client("\($0)") }
        #expect(stage.queue.share == TurnQueue.budget)
        try clients[0].send(Self.bytes(2 * InputTurns.piece))
        #expect(stage.queue.share.nanoseconds == TurnQueue.budget.nanoseconds / 2)
        for client in clients.dropFirst() { try client.send(Self.bytes(2 * InputTurns.piece)) }
        #expect(stage.queue.share == TurnQueue.smallestShare)
    }

    @Test("Who has much goes on by turns, and who comes with little does not wait")
    func turns() throws {
        let stage = Stage()
        let (first, second, third) = try (stage.client("a"), stage.client("b"), stage.client("c"))
        try first.send(Self.bytes(3 * InputTurns.piece))
        try second.send(Self.bytes(3 * InputTurns.piece))
        try third.send([1])
        #expect(stage.order == ["a", "b", "c"])
        stage.settle()
        #expect(stage.order == ["a", "b", "c", "a", "b", "a", "b"])
    }

    @Test("Those that wait have as long as the others had, or a few turns, before the loop looks at its sockets")
    func rounds() throws {
        let stage = Stage()
        let clients = try (0..<10).map { try stage.client("\($0)") }
        for client in clients { try client.send(Self.bytes(3 * InputTurns.piece)) }
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(5))
        // Nine have come since the first began to wait, but five milliseconds are most.
        #expect(stage.order == (0..<5).map { "\($0)" })
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(5))
        #expect(stage.order == ["5"])
        stage.settle()
        #expect(clients.allSatisfy { $0.received == Self.bytes(3 * InputTurns.piece) })
    }

    @Test("What comes in one moment in many records has one share together")
    func records() throws {
        let stage = Stage()
        let client = try stage.client("a")
        client.onPiece = { $0.flush() }
        for _ in 0..<4 { client.channel.pipeline.fireChannelRead(ByteBuffer(bytes: Self.bytes(10))) }
        client.channel.pipeline.fireChannelReadComplete()
        #expect(stage.order == ["a"])
        stage.settle()
        #expect(client.received == (0..<4).flatMap { _ in Self.bytes(10) })
        #expect(stage.order == ["a", "a"], "the others together are less than a piece")
        #expect(client.requests.order == ["flush", "flush"])
    }

    @Test("What comes while something waits goes behind it", arguments: [1, 511, 512, 513, 2000])
    func behind(count: Int) throws {
        let stage = Stage()
        let client = try stage.client("a")
        let all = Self.bytes(1500 + 3 * count)
        try client.send(Array(all[..<1500]))
        for index in 0..<3 { try client.send(Array(all[(1500 + index * count)...].prefix(count))) }
        stage.settle()
        #expect(client.received == all)
    }

    @Test("What comes in the middle of a piece waits for its turn")
    func inside() throws {
        let stage = Stage()
        let client = try stage.client("a")
        let all = Self.bytes(2 * InputTurns.piece)
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
        let stage = Stage()
        let client = try stage.client("a")
        try client.send(Self.bytes(5000))
        client.channel.pipeline.fireChannelInactive()
        #expect(client.received == Array(Self.bytes(5000).prefix(2 * InputTurns.piece)))
        #expect(stage.order == ["a", "a", "a gone"])
        stage.settle()
        #expect(stage.order.count == 3)
    }

    @Test("Nobody answers what waits when the edge closes")
    func closed() throws {
        let stage = Stage()
        let client = try stage.client("a")
        client.onPiece = { $0.close(promise: nil) }
        try client.send(Self.bytes(5000))
        stage.settle()
        #expect(client.received.count == InputTurns.piece)
        #expect(stage.order == ["a", "a gone"])
    }

    @Test("A turn in which the connection closes has no end, behind which somebody could still write")
    func closedInTurn() throws {
        let stage = Stage()
        let client = try stage.client("a")
        try client.send(Self.bytes(2 * InputTurns.piece))
        #expect(client.completions == 1)
        client.onPiece = { $0.close(promise: nil) }
        stage.settle()
        #expect(stage.order == ["a", "a", "a gone"])
        #expect(client.completions == 1)
    }

    @Test("What is written in a share goes out together")
    func flush() throws {
        let stage = Stage()
        stage.cost = .nanoseconds(TurnQueue.smallestShare.nanoseconds / 4)
        let client = try stage.client("a")
        client.onPiece = { $0.flush() }
        try client.send(Self.bytes(8 * InputTurns.piece))
        #expect(client.requests.order == ["flush"])
        stage.settle()
        #expect(client.requests.order == ["flush", "flush"])
        try client.send([1])
        #expect(client.requests.order == ["flush", "flush", "flush"], "a little goes through as it comes")
    }

    @Test("What was written goes out before the connection closes")
    func lastFlush() throws {
        let stage = Stage()
        let client = try stage.client("a")
        client.onPiece = { context in
            context.flush()
            context.close(promise: nil)
        }
        try client.send(Self.bytes(2 * InputTurns.piece))
        #expect(client.requests.order == ["flush", "close"])
    }
}
