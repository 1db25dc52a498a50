internal import NIOCore

/// Throws away what comes, as much as is read of an unwanted body.
final class InputDiscarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var budget = HTTP1StateMachine.discardLimit
    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        budget -= unwrapInboundIn(data).readableBytes
        guard budget < 0 else { return }
        isOver = true
        // Behind what is to go out soon (`HTTP2Output.endSoon`): answers of before, and why there will be no more.
        context.eventLoop.assumeIsolated().execute { context.close(promise: nil) }
    }
}
