package import EdgeCore
package import NIOCore

/// Speaks TLS with a client: bytes of the socket in front of it, bytes of the application behind. Asks the machine and
/// executes what it says. Confined to its channel's event loop.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// The largest record (RFC 8446, section 5.1): OpenSSL gives back one at a time.
    private static let recordSize = 16 * 1024
    /// How many bytes may wait for the handshake to be done: an answer that no request has asked for.
    private static let waitingLimit = 64 * 1024

    private let connection: TLSConnection
    private let handshakes: HandshakeLimit
    private let handshakeTimeout: Instant.Span
    private var machine = TLSStateMachine()
    /// Written before the handshake was done.
    private var waiting: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
    /// Written since the last flush; they end when the encrypted bytes have been sent.
    private var promises: [EventLoopPromise<Void>] = []
    private var deadline: Scheduled<Void>?
    private var isCounted = false

    /// - Parameters:
    ///   - handshakes: counts those in progress, in all loops.
    ///   - handshakeTimeout: how long one may take from the first byte to the last.
    /// - Returns: nil when memory has run out.
    package init?(_ contexts: TLSContexts, handshakes: HandshakeLimit, handshakeTimeout: Instant.Span) {
        guard let connection = TLSConnection(contexts) else { return nil }
        (self.connection, self.handshakes, self.handshakeTimeout) = (connection, handshakes, handshakeTimeout)
    }

    // MARK: The channel's events

    package func channelActive(context: ChannelHandlerContext) {
        isCounted = handshakes.enter()
        guard isCounted else {
            context.close(promise: nil)
            return context.fireChannelActive()
        }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(handshakeTimeout.nanoseconds)) {
            self.execute(self.machine.handshakeTookTooLong(), context)
        }
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        endHandshake()
        machine.connectionClosed()
        for (_, promise) in waiting { promise?.fail(ChannelError.ioOnClosedChannel) }
        for promise in promises { promise.fail(ChannelError.ioOnClosedChannel) }
        (waiting, promises) = ([], [])
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard machine.state != .closed, bytes.withUnsafeReadableBytes(connection.feed) else { return }
        advance(context)
    }

    /// Goes on as far as the client's bytes reach.
    private func advance(_ context: ChannelHandlerContext) {
        if machine.state == .handshaking {
            switch connection.handshake() {
            case .done: execute(machine.handshakeDone(), context)
            case .incomplete: break
            case .failed: execute(machine.failed(), context)
            }
            sendOutput(context)
        }
        while machine.state != .handshaking, machine.state != .closed, receive(context) {}
        sendOutput(context)
    }

    /// Takes one record apart; false when there is no other.
    private func receive(_ context: ChannelHandlerContext) -> Bool {
        var plain = context.channel.allocator.buffer(capacity: Self.recordSize)
        var result = TLSConnection.Received.incomplete
        plain.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.recordSize) { memory in
            result = connection.read(into: memory)
            guard case .bytes(let count) = result else { return 0 }
            return count
        }
        switch result {
        case .bytes:
            if machine.received() == .deliver { context.fireChannelRead(wrapInboundOut(plain)) }
            return true
        case .incomplete: return false
        case .ended:
            execute(machine.peerSaidClose(), context)
            return false
        case .failed:
            execute(machine.failed(), context)
            return false
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: The application's side

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        guard machine.state == .handshaking else { return encrypt(bytes, promise, context) }
        let size = waiting.reduce(bytes.readableBytes) { $0 + $1.bytes.readableBytes }
        guard size <= Self.waitingLimit else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        waiting.append((bytes, promise))
    }

    private func encrypt(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        guard machine.canWrite else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        if let promise { promises.append(promise) }
        if bytes.withUnsafeReadableBytes(connection.write) != .done { execute(machine.failed(), context) }
    }

    package func flush(context: ChannelHandlerContext) { sendOutput(context) }

    /// Sends what OpenSSL has made: records, alerts, tickets.
    private func sendOutput(_ context: ChannelHandlerContext) {
        let count = connection.pendingOutput
        guard count > 0 else { return }
        var records = context.channel.allocator.buffer(capacity: count)
        records.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { connection.takeOutput(into: $0) }
        let ended = promises
        promises = []
        guard !ended.isEmpty else { return context.writeAndFlush(wrapOutboundOut(records), promise: nil) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        for promise in ended { sent.futureResult.cascade(to: promise) }
        context.writeAndFlush(wrapOutboundOut(records), promise: sent)
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output:
            execute(machine.endOutput(), context)
            context.close(mode: .output, promise: promise)
        case .all:
            execute(machine.close(), context)
            context.close(promise: promise)
        case .input:
            context.close(mode: .input, promise: promise)
        }
    }

    // MARK: Actions

    private func execute(_ action: TLSStateMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none, .deliver: break
        case .begin:
            endHandshake()
            context.fireUserInboundEventTriggered(TLSHandshake(connection))
            let waiting = waiting
            self.waiting = []
            for (bytes, promise) in waiting { encrypt(bytes, promise, context) }
        case .sayClose:
            connection.sayClose()
            sendOutput(context)
        case .sayCloseAndClose:
            connection.sayClose()
            sendOutput(context)
            context.close(promise: nil)
        case .close:
            sendOutput(context)
            context.close(promise: nil)
        }
    }

    private func endHandshake() {
        deadline?.cancel()
        deadline = nil
        if isCounted { handshakes.leave() }
        isCounted = false
    }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
