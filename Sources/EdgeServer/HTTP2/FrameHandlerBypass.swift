internal import NIOCore
internal import NIOHTTP2

/// A way around a connection's frame handler, for the two things that it does otherwise than the edge needs. Confined to the
/// channel's event loop.
struct FrameHandlerBypass {
    /// GOAWAY without a last stream: the connection ends soon (RFC 9113, section 6.8).
    private static let announcedEnd: [UInt8] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

    private let frames: ChannelHandlerContext

    /// Nil where the channel has none any more.
    init?(_ context: ChannelHandlerContext) {
        guard let frames = try? context.pipeline.syncOperations.context(handlerType: NIOHTTP2Handler.self) else {
            return nil
        }
        self.frames = frames
    }

    /// Writes GOAWAY without a last stream. Behind one of its own the frame handler refuses every request, those among them
    /// that the client had sent before it read it.
    func announceEnd() {
        frames.write(NIOAny(frames.channel.allocator.buffer(bytes: Self.announcedEnd)), promise: nil)
    }

    /// Throws away what still comes. Behind an error the frame handler reads on, and keeps what it cannot read.
    func discardInput() {
        try? frames.pipeline.syncOperations.addHandler(InputDiscarder(), position: .before(frames.handler))
    }
}

private final class InputDiscarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
