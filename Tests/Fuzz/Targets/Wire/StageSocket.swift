import NIOCore

/// The socket's end of a channel: what is written arrives here.
final class StageSocket: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var bytes: [UInt8] = []
    /// Whether the edge has said that it sends no more, or has closed.
    private(set) var isEnded = false
    /// What was written after that.
    private(set) var isWrittenAfterEnd = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isEnded { isWrittenAfterEnd = true }
        bytes += unwrapOutboundIn(data).readableBytesView
        promise?.succeed()
    }

    func flush(context: ChannelHandlerContext) {}

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        isEnded = true
        guard mode == .all else {
            promise?.succeed()
            return
        }
        context.close(mode: mode, promise: promise)
    }
}
