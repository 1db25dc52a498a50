internal import EdgeCore
internal import NIOCore

/// Hands what one client has sent to the handlers behind in pieces, and stops when its share of the event loop's time
/// is used (``TurnQueue``): one read can hold a hundred requests or thousands of frames, and everybody else would wait for
/// all of them. The rest has turns of its own, and until it has had them nothing more is read. Confined to its channel's
/// event loop.
final class InputTurns: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// How many bytes are handed on between two looks at the clock: two requests, or thirty frames.
    static let piece = 256

    private let queue: TurnQueue
    private let handingOn: (Int, UnfinishedFrame) -> Void
    private let hasStopped: () -> Bool
    private var context: ChannelHandlerContext?
    /// What has come and had no turn yet; nil rather than empty.
    private var waiting: ByteBuffer?
    /// What has been handed on and is no whole frame yet.
    private var unfinished = UnfinishedFrame()
    /// When the share is used of what has come in this moment, as one record of TLS after the other.
    private var end: Instant?
    private var isAdvancing = false
    private var isQueued = false
    /// Whether the client has gone.
    private var isOver = false
    /// Whether the channel wants to read on.
    private var isReadHeld = false
    /// Whether something that was written in this turn is to go out at its end.
    private var isFlushHeld = false

    /// - Parameters:
    ///   - handingOn: hears how many bytes come next, and what of them is no whole frame.
    ///   - hasStopped: whether the handlers behind have left a part unread since they were asked last, and read on when
    ///     something comes.
    init(
        _ queue: TurnQueue, handingOn: @escaping (Int, UnfinishedFrame) -> Void, hasStopped: @escaping () -> Bool
    ) {
        (self.queue, self.handingOn, self.hasStopped) = (queue, handingOn, hasStopped)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { (self.context, waiting) = (nil, nil) }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if waiting == nil { waiting = bytes } else { waiting?.writeImmutableBuffer(bytes) }
        guard !isAdvancing, !isQueued else { return }
        let end = self.end ?? queue.now().advanced(by: TurnQueue.smallestShare)
        self.end = end
        advance(context, until: end)
    }

    /// Comes behind whatever has been read of a socket.
    func channelReadComplete(context: ChannelHandlerContext) { endTurn(context) }

    /// The client has gone, and nobody can be answered. What it had sent before still counts, as far as a share reaches.
    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        if waiting != nil {
            isQueued = true
            advance(context, until: queue.now().advanced(by: queue.share))
            waiting = nil
            endTurn(context)
        }
        context.fireChannelInactive()
    }

    // MARK: Turns

    /// The next turn of this client.
    func advance() {
        isQueued = false
        guard let context, waiting != nil, !isAdvancing else { return }
        advance(context, until: queue.now().advanced(by: queue.share))
        endTurn(context)
    }

    private func advance(_ context: ChannelHandlerContext, until end: Instant) {
        isAdvancing = true
        while isWanted(context), queue.now() < end, let piece = takePiece() {
            piece.withUnsafeReadableBytes { unfinished.received($0) }
            handingOn(piece.readableBytes, unfinished)
            context.fireChannelRead(wrapInboundOut(piece))
            // The client may have nothing more to send.
            while hasStopped() { context.fireChannelRead(wrapInboundOut(ByteBuffer())) }
        }
        isAdvancing = false
        queueRest(context)
    }

    /// Who does not take answers gets no more of them, and is read no further. Who has gone gets none.
    private func isWanted(_ context: ChannelHandlerContext) -> Bool {
        context.channel.isWritable || isOver
    }

    private func queueRest(_ context: ChannelHandlerContext) {
        guard let waiting, !isQueued, isWanted(context) else { return }
        isQueued = true
        queue.append(self, rest: waiting.readableBytes)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !isAdvancing {
            queueRest(context)
            readHeld(context)
        }
        context.fireChannelWritabilityChanged()
    }

    private func takePiece() -> ByteBuffer? {
        guard var bytes = waiting.take() else { return nil }
        let piece = bytes.readSlice(length: min(Self.piece, bytes.readableBytes, unfinished.room))
        if bytes.readableBytes > 0 { waiting = bytes }
        return piece
    }

    private func endTurn(_ context: ChannelHandlerContext) {
        end = nil
        // As of a socket: behind the end of the channel nothing has been read.
        guard context.channel.isActive else { return }
        context.fireChannelReadComplete()
        flushHeld(context)
        readHeld(context)
    }

    // MARK: The other direction

    func read(context: ChannelHandlerContext) {
        isReadHeld = true
        readHeld(context)
    }

    private func readHeld(_ context: ChannelHandlerContext) {
        guard isReadHeld, waiting == nil, isWanted(context) else { return }
        isReadHeld = false
        context.read()
    }

    /// The frame handler sends each RST_STREAM of its own at once, and each would be a record and a system call.
    func flush(context: ChannelHandlerContext) {
        if isAdvancing || end != nil { isFlushHeld = true } else { context.flush() }
    }

    private func flushHeld(_ context: ChannelHandlerContext) {
        guard isFlushHeld else { return }
        isFlushHeld = false
        context.flush()
    }

    /// The connection is over from our side: nobody answers what still waits.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        flushHeld(context)
        if mode == .all { waiting = nil }
        context.close(mode: mode, promise: promise)
    }
}

@available(*, unavailable)
extension InputTurns: Sendable {}
