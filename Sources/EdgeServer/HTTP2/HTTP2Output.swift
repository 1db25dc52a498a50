internal import EdgeCore
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// The way of frames to one client. Confined to the connection's event loop.
final class HTTP2Output {
    /// GOAWAY without a last stream: the connection ends soon (RFC 9113, section 6.8).
    private static let announcedEnd: [UInt8] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

    private let context: ChannelHandlerContext
    private let services: LoopServices
    private var isFlushScheduled = false
    /// Whether our side is to end.
    private var isEnding = false
    /// What the client has been told that a request may be.
    private var announced: HTTP2Limits.Announced

    /// - Parameter context: of the handler behind the one that makes bytes of frames.
    init(_ context: ChannelHandlerContext, _ services: LoopServices) {
        (self.context, self.services) = (context, services)
        announced = HTTP2Limits.Announced(services.snapshot)
    }

    // MARK: Streams

    /// Writes an answer, the last frames of its stream from our side.
    ///
    /// - Returns: how many bytes it has.
    func write(_ answer: Answer, of exchange: Exchange, time: WallTime, to id: HTTP2StreamID) -> Int {
        let (fields, body, size) = services.responses.fields(
            of: answer, requestID: exchange.requestID, origin: exchange.origin, time: time)
        let hasBody = !body.isEmpty && !exchange.isHead
        write(.headers(.init(headers: fields, endStream: !hasBody)), to: id)
        guard hasBody else { return size - body.count }
        write(.data(.init(data: .byteBuffer(context.channel.allocator.buffer(bytes: body)), endStream: true)), to: id)
        return size
    }

    func writeContinue(to id: HTTP2StreamID) { write(.headers(.init(headers: ResponseWriter.continueFields)), to: id) }

    func reset(_ id: HTTP2StreamID, _ code: HTTP2ErrorCode) { write(.rstStream(code), to: id) }

    // MARK: The connection

    func widenWindow(by increment: Int) { write(.windowUpdate(windowSizeIncrement: increment)) }

    /// Tells the client what it may send from now on. It keeps to that; being told less is not needed, for what is larger
    /// than it may be is refused in words.
    func announce(_ limits: HTTP2Limits.Announced) {
        let wider = announced.widened(by: limits)
        guard wider != announced else { return }
        announced = wider
        write(.settings(.settings(wider.settings)))
        flush()
    }

    /// Tells the client that the connection ends soon, and asks it to answer when it has read that. Past the frame handler,
    /// which behind a GOAWAY of its own refuses every request, those among them that the client had sent before it read it.
    func announceEnd() {
        guard let frames = try? context.pipeline.syncOperations.context(handlerType: NIOHTTP2Handler.self) else {
            return
        }
        // At once, and from there: the frame handler passes a flush on only where it has written something, which it does not
        // while the client takes nothing. Bytes that are never flushed would keep the channel from becoming writable again.
        frames.writeAndFlush(NIOAny(context.channel.allocator.buffer(bytes: Self.announcedEnd)), promise: nil)
        write(.ping(HTTP2PingData(), ack: false))
        flush()
    }

    func sayGoAway(_ code: HTTP2ErrorCode, last: HTTP2StreamID) {
        write(.goAway(lastStreamID: last, errorCode: code, opaqueData: nil))
    }

    // MARK: Sending

    func flush() { context.flush() }

    /// Sends what has been written together with what is still written in this moment, and then calls `then`.
    func flushSoon(then: @escaping () -> Void) {
        // The client may take more before this moment ends, and the frame handler would send DATA that it keeps before
        // HEADERS that have not been flushed. Behind a turn of the client's they have been.
        if !context.channel.isWritable { flush() }
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isFlushScheduled = false
            flush()
            then()
        }
    }

    /// Ends our side behind what has been written. Soon, because a stream's last frame can be on its way through the frame
    /// handler at this moment; and not before the client takes what it is sent, because until then the frame handler keeps
    /// what is not of a stream, GOAWAY for one, to itself.
    func endSoon() {
        isEnding = true
        context.eventLoop.assumeIsolated().execute { [self] in endWhenWritable() }
    }

    /// The channel has become writable, or is no longer.
    func writabilityChanged() { if isEnding { endSoon() } }

    private func endWhenWritable() {
        guard isEnding, context.channel.isActive, context.channel.isWritable else { return }
        isEnding = false
        flush()
        context.close(mode: .output, promise: nil)
    }

    private func write(_ payload: HTTP2Frame.FramePayload, to id: HTTP2StreamID = .rootStream) {
        context.write(NIOAny(HTTP2Frame(streamID: id, payload: payload)), promise: nil)
    }
}

@available(*, unavailable)
extension HTTP2Output: Sendable {}
