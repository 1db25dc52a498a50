internal import EdgeCore
private import EdgeSystem
internal import Glibc
internal import NIOCore

/// Accepts nobody for a moment when the system has no room for another connection (accept(2)): whoever connects waits in
/// the kernel's queue. NIO would try again at once, and keep a core busy with it; its own `AcceptBackoffHandler` holds
/// back the next read, while the one that failed goes on. Says as well when NIO gives the listener up, as it does behind
/// every error that it does not know. Confined to its listener's event loop.
final class AcceptBackoff: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    /// To be triggered on the listener's channel: nobody is accepted from now on, until its `autoRead` is set again.
    struct Pause: Sendable {}

    /// How long nobody is accepted: a descriptor can be free at any moment, and who waits for one should not wait long.
    static let span = TimeAmount.milliseconds(100)

    private let address: ListenAddress
    private let trouble: AcceptTrouble
    private var resumption: Scheduled<Void>?
    private var lastError: any Error = ChannelError.eof
    /// Whether it is us who close it.
    private var isClosing = false

    init(_ address: ListenAddress, _ trouble: AcceptTrouble) { (self.address, self.trouble) = (address, trouble) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lastError = error
        if let error = error as? IOError, Self.isExhaustion(error.errnoCode) {
            trouble.noticed(String(cString: strerror(error.errnoCode)), now: .now)
            backOff(context)
        }
        context.fireErrorCaught(error)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Pause else { return context.triggerUserOutboundEvent(event, promise: promise) }
        resumption?.cancel()
        resumption = nil
        set(autoRead: false, context)
        promise?.succeed(())
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        isClosing = true
        context.close(mode: mode, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isClosing { trouble.lost(address, lastError) }
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        resumption?.cancel()
        resumption = nil
    }

    private func backOff(_ context: ChannelHandlerContext) {
        guard resumption == nil else { return }
        set(autoRead: false, context)
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: Self.span) { [self] in
            // Cancelling does not reach what is to happen in this same moment.
            guard resumption != nil else { return }
            resumption = nil
            set(autoRead: true, context)
        }
    }

    /// A channel of a listening socket takes this option until it is closed.
    private func set(autoRead: Bool, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: autoRead)
    }

    /// The errors after which the connection is still in the queue, and NIO goes on.
    private static func isExhaustion(_ code: CInt) -> Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }
}

@available(*, unavailable)
extension AcceptBackoff: Sendable {}
