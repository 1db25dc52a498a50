internal import EdgeCore
internal import NIOCore
internal import NIOHTTP1

/// One connection of the admin listener's: one request, one answer, behind NIO's codec. Confined to the admin loop.
final class AdminHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// From the connection's start to its end, whatever happens; an answer that stays open is told apart.
    private static let patience = TimeAmount.seconds(10)
    /// Of a body that nobody asked for.
    private static let bodyLimit = 64 * 1024

    /// Requests end here long before the defaults do.
    static var limits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        (limits.maxHeaderFieldSize, limits.maxHeaderListSize, limits.maxHeaderFieldCount) = (8 * 1024, 16 * 1024, 64)
        return limits
    }

    private let services: AdminServices
    private var context: ChannelHandlerContext?
    private var request: HTTPRequestHead?
    private var bodySize = 0
    private var isAnswered = false
    private var deadline: Scheduled<Void>?
    private(set) var stream: AdminStream?

    init(_ services: AdminServices) { self.services = services }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        services.opened(self)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { self.close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        services.closed(self)
        stream.take()?.noticeEnd()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): if request == nil { request = head }
        case .body(let bytes):
            bodySize += bytes.readableBytes
            if bodySize > Self.bodyLimit { close() }
        case .end:
            guard let request, !isAnswered else { return }
            isAnswered = true
            services.answer(request) { self.send($0, to: request) }
        }
    }

    /// The client has said all it will. It still gets the answer to a whole request; whoever looks at a stream has gone.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, !isAnswered || stream != nil { close() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    func close() { context?.close(promise: nil) }

    // MARK: The answer

    func send(_ response: AdminResponse, to request: HTTPRequestHead) {
        guard let context, context.channel.isActive else { return }
        // HTTP/1.0 knows no chunks: what has no length ends with its connection.
        var head = HTTPResponseHead(
            version: request.version == .http1_0 ? .http1_0 : .http1_1,
            status: HTTPResponseStatus(statusCode: response.status))
        head.headers.add(name: "Content-Type", value: response.contentType)
        head.headers.add(name: "Cache-Control", value: "no-store")
        head.headers.add(name: "X-Content-Type-Options", value: "nosniff")
        for (name, value) in response.fields { head.headers.add(name: name, value: value) }
        let isHead = request.method == .HEAD
        switch response.body {
        case .bytes(let bytes):
            head.headers.add(name: "Content-Length", value: String(bytes.count))
            head.headers.add(name: "Connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil) }
            end(context)
        case .stream(let begin):
            guard !isHead else {
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                return end(context)
            }
            deadline?.cancel()
            let stream = AdminStream(self)
            self.stream = stream
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            // That may have found that nobody is there any more, and then has ended the stream.
            if self.stream != nil { begin(stream) }
        }
    }

    /// The client closes when it has read the answer; one that does not is closed at the deadline.
    private func end(_ context: ChannelHandlerContext) {
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        sent.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
    }

    // MARK: The stream

    var isWritable: Bool { context.map { $0.channel.isActive && $0.channel.isWritable } ?? false }

    func writePart(_ bytes: [UInt8]) -> Bool {
        guard let context, isWritable else { return false }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        return true
    }

    func endStream() {
        guard let context, stream != nil else { return }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension AdminHandler: Sendable {}
