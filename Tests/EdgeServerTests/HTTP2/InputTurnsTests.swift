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
        var cost = TurnQueue.share
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
        let reads = ReadCount()

        init(_ name: String, _ stage: Stage) throws {
            (self.name, self.stage, channel) = (name, stage, EmbeddedChannel(loop: stage.loop))
            try channel.pipeline.syncOperations.addHandlers(reads, InputTurns(stage.queue), self)
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

    private final class ReadCount: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var count = 0
        func read(context: ChannelHandlerContext) { count += 1 }
    }

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

    @Test("A little is handed on at once, and reading goes on")
    func little() throws {
        let stage = Stage()
        let client = try stage.client("a")
        try client.send(Self.bytes(InputTurns.piece))
        #expect(client.received == Self.bytes(InputTurns.piece))
        #expect(client.completions == 1)
        #expect(client.reads.count == 1)
    }

    @Test("Of much there is one share at a time, and nothing more is read before the last")
    func much() throws {
        let stage = Stage()
        let client = try stage.client("a")
        try client.send(Self.bytes(3 * InputTurns.piece + 1))
        #expect(client.received.count == InputTurns.piece)
        #expect(client.completions == 0)
        #expect(client.reads.count == 0)
        stage.settle()
        #expect(client.received == Self.bytes(3 * InputTurns.piece + 1))
        #expect(client.completions == 1)
        #expect(client.reads.count == 1)
    }

    @Test("A share is as many pieces as it has time for")
    func share() throws {
        let stage = Stage()
        stage.cost = .nanoseconds(TurnQueue.share.nanoseconds / 4)
        let client = try stage.client("a")
        try client.send(Self.bytes(10 * InputTurns.piece))
        #expect(client.received.count == 4 * InputTurns.piece)
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

    @Test("Those that wait let the loop look at its sockets after a few turns")
    func rounds() throws {
        let stage = Stage()
        let clients = try (0..<10).map { try stage.client("\($0)") }
        for client in clients { try client.send(Self.bytes(2 * InputTurns.piece)) }
        stage.order = []
        stage.loop.advanceTime(by: .microseconds(1))
        #expect(stage.order == ["0", "1", "2", "3"])
        stage.settle()
        #expect(stage.order == (0..<10).map { "\($0)" })
        #expect(clients.allSatisfy { $0.completions == 1 })
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

    @Test("A client that goes away has said what it has sent")
    func gone() throws {
        let stage = Stage()
        let client = try stage.client("a")
        try client.send(Self.bytes(5000))
        client.channel.pipeline.fireChannelInactive()
        #expect(client.received == Self.bytes(5000))
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
}
