internal import NIOCore

/// Throws away what a client sends behind the end of its connection, before it costs anything.
final class InputDiscarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}

@available(*, unavailable)
extension InputDiscarder: Sendable {}
