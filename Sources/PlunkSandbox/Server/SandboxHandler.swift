internal import EdgeCore
internal import NIOCore
internal import NIOHTTP1

/// One connection of the sandbox: collects a request, has it answered, sends the answer. Lives on its event loop, behind
/// NIO's own HTTP/1.1 pipeline, which hands it one request at a time.
final class SandboxHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let imitation: TrackImitation
    private let maximumBodySize: Int
    private let onEvent: @Sendable (RecordedEvent) -> Void
    /// The request that is coming in; nil between requests, and while what comes belongs to one that has its answer.
    private var incoming: (request: SandboxRequest, keepAlive: Bool)?

    init(imitation: TrackImitation, maximumBodySize: Int, onEvent: @escaping @Sendable (RecordedEvent) -> Void) {
        self.imitation = imitation
        self.maximumBodySize = maximumBodySize
        self.onEvent = onEvent
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            incoming = (SandboxRequest(head), head.isKeepAlive)
            if head.headers.first(name: "Expect")?.utf8.equalsIgnoringCase("100-continue") == true {
                let go = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
            }
        case .body(let part):
            guard let received = incoming?.request.body.count else { return }
            if received + part.readableBytes <= maximumBodySize {
                incoming?.request.body.append(contentsOf: part.readableBytesView)
            } else if var (request, _) = incoming.take() {
                request.isTooLarge = true
                answer(request, keepAlive: false, context)
            }
        case .end:
            if let (request, keepAlive) = incoming.take() { answer(request, keepAlive: keepAlive, context) }
        }
    }

    /// Nothing has come or gone for a while.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Answers

    private func answer(_ request: SandboxRequest, keepAlive: Bool, _ context: ChannelHandlerContext) {
        let answer = imitation.answer(request, at: .now)
        if let event = answer.recorded { onEvent(event) }
        guard answer.delay > .zero else {
            send(answer, to: request, keepAlive: keepAlive, context)
            return
        }
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(answer.delay.nanoseconds)) {
            self.send(answer, to: request, keepAlive: keepAlive, context)
        }
    }

    private func send(
        _ answer: SandboxAnswer, to request: SandboxRequest, keepAlive: Bool, _ context: ChannelHandlerContext
    ) {
        if let claim = answer.claim { imitation.settle(claim, status: answer.status) }
        var headers = HTTPHeaders(answer.fields.map { ($0.name, $0.value) })
        headers.add(name: "Content-Type", value: answer.contentType)
        headers.add(name: "Content-Length", value: String(answer.body.count))
        if !keepAlive { headers.add(name: "Connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: answer.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if request.method != "HEAD" {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !keepAlive { sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }
}

extension SandboxRequest {
    fileprivate init(_ head: HTTPRequestHead) {
        self.init(method: head.method.rawValue, target: head.uri)
        authorization = head.headers.first(name: "Authorization")
        contentType = head.headers.first(name: "Content-Type")
        contentEncoding = head.headers.first(name: "Content-Encoding")
        idempotencyKey = head.headers.first(name: "Idempotency-Key")
        requestID = head.headers.first(name: "X-Request-ID")
        notificationType = head.headers.first(name: "x-amz-sns-message-type")
    }
}
