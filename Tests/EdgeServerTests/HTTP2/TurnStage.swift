import EdgeCore
import NIOCore
import NIOEmbedded

@testable import EdgeServer

/// A loop with its queue, and the clock of both, which moves by what each piece is said to take.
final class TurnStage {
    let loop = EmbeddedEventLoop()
    var time = Instant(nanoseconds: 0)
    /// What a piece takes.
    var cost = TurnQueue.budget
    /// Whose piece was handed on, and how much of it.
    var order: [String] = []
    private(set) lazy var queue = TurnQueue(loop) { [unowned self] in time }

    func client(_ name: String) throws -> TurnClient { try TurnClient(name, self) }

    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

    /// Until nobody waits.
    func settle() { loop.advanceTime(by: .milliseconds(10)) }
}

/// One client with its turns, and whoever is behind them.
final class TurnClient {
    let name: String
    private unowned let stage: TurnStage
    let channel: EmbeddedChannel
    var received: [UInt8] = []
    var completions = 0
    /// What is done with each piece.
    var onPiece: (ChannelHandlerContext) -> Void = { _ in }
    let requests = SocketRequests()

    init(_ name: String, _ stage: TurnStage) throws {
        (self.name, self.stage, channel) = (name, stage, EmbeddedChannel(loop: stage.loop))
        let behind = Behind()
        try channel.pipeline.syncOperations.addHandlers(
            requests, InputTurns(stage.queue, handingOn: { _, _ in }, hasStopped: { false }), behind)
        behind.client = self
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    /// Whether the client takes what it is sent.
    var isWritable: Bool {
        get { channel.isWritable }
        set {
            guard newValue != channel.isWritable else { return }
            channel.isWritable = newValue
            channel.pipeline.fireChannelWritabilityChanged()
        }
    }

    /// What has been read of a socket, and the wish to read on behind it.
    func send(_ bytes: [UInt8]) throws {
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
        channel.pipeline.fireChannelReadComplete()
        channel.pipeline.read()
    }

    private final class Behind: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        weak var client: TurnClient?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let client else { return }
            client.received += unwrapInboundIn(data).readableBytesView
            client.stage.order.append(client.name)
            client.stage.time = client.stage.time.advanced(by: client.stage.cost)
            client.onPiece(context)
        }

        func channelReadComplete(context: ChannelHandlerContext) { client?.completions += 1 }

        func channelInactive(context: ChannelHandlerContext) {
            if let client { client.stage.order.append("\(client.name) gone") }
        }
    }
}

/// What the channel is asked for.
final class SocketRequests: ChannelOutboundHandler {
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
