internal import EdgeCore
internal import EdgeRecords
internal import NIOCore

/// Hands what one client has sent to the handlers behind in pieces, and stops when its ``TurnQueue/share`` of the event
/// loop is used: a record of TLS holds a hundred requests or thousands of frames, and everybody else would wait for all of
/// them. Until the rest has had its turns nothing more is read. Confined to its channel's event loop.
final class InputTurns: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// How many bytes are handed on between two looks at the clock: a few requests.
    static let piece = 512

    private let queue: TurnQueue
    private var context: ChannelHandlerContext?
    /// What has come and had no turn yet; nil rather than empty.
    private var waiting: ByteBuffer?
    private var isAdvancing = false
    /// Whether the channel wants to read on.
    private var isReadHeld = false

    init(_ queue: TurnQueue) { self.queue = queue }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { (self.context, waiting) = (nil, nil) }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if waiting != nil {
            waiting?.writeImmutableBuffer(bytes)
        } else if isAdvancing || bytes.readableBytes > Self.piece {
            waiting = bytes
            if !isAdvancing { advance(context) }
        } else {
            context.fireChannelRead(data)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if waiting == nil { context.fireChannelReadComplete() }
    }

    /// The client has gone. What it had sent before counts, as if it had been read a moment ago.
    func channelInactive(context: ChannelHandlerContext) {
        if let rest = waiting.take() {
            context.fireChannelRead(wrapInboundOut(rest))
            context.fireChannelReadComplete()
        }
        context.fireChannelInactive()
    }

    // MARK: Turns

    /// The next turn of this client.
    func advance() {
        guard let context, waiting != nil, !isAdvancing else { return }
        advance(context)
        guard waiting == nil else { return }
        context.fireChannelReadComplete()
        if isReadHeld {
            isReadHeld = false
            context.read()
        }
    }

    private func advance(_ context: ChannelHandlerContext) {
        isAdvancing = true
        let end = queue.now().advanced(by: TurnQueue.share)
        repeat {
            guard let piece = takePiece() else { break }
            context.fireChannelRead(wrapInboundOut(piece))
        } while queue.now() < end
        isAdvancing = false
        if waiting != nil { queue.append(self) }
    }

    private func takePiece() -> ByteBuffer? {
        guard var bytes = waiting.take() else { return nil }
        let piece = bytes.readSlice(length: min(Self.piece, bytes.readableBytes))
        if bytes.readableBytes > 0 { waiting = bytes }
        return piece
    }

    // MARK: The other direction

    func read(context: ChannelHandlerContext) {
        if waiting == nil { context.read() } else { isReadHeld = true }
    }

    /// The connection is over from our side: nobody answers what still waits.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .all { waiting = nil }
        context.close(mode: mode, promise: promise)
    }
}

@available(*, unavailable)
extension InputTurns: Sendable {}
