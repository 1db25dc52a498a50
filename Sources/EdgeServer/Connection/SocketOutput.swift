internal import EdgeTLS
internal import Glibc
internal import NIOCore

/// The way to one client's socket. Bytes are sent at once, past the channel's queue, which would cost as much as judging a
/// refusal; what the socket does not take, and everything while some of that is still waiting, goes through the channel.
/// Confined to its channel's event loop.
final class SocketOutput: ByteOutput {
    private let context: ChannelHandlerContext
    private let socket: NIOBSDSocket.Handle?
    /// How many writes the channel has not finished.
    private var queued = 0
    var sent: (() -> Void)?

    var isWaiting: Bool { queued > 0 }

    /// - Parameter context: of the first handler of a channel: what is written here is what the socket carries.
    init(context: ChannelHandlerContext) {
        self.context = context
        socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self, { $0 })
    }

    func write(_ bytes: [UInt8]) {
        context.eventLoop.assertInEventLoop()
        let sent = bytes.withUnsafeBytes(sendNow)
        guard sent < bytes.count else { return }
        queued += 1
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.queued -= 1
            // A write that failed is followed by the channel's end.
            if case .success = result, self.queued == 0 { self.sent?() }
        }
        let rest = context.channel.allocator.buffer(bytes: bytes[sent...])
        context.writeAndFlush(NIOAny(rest), promise: promise)
    }

    /// The handle is used outside of the closure that NIO gives it to, which holds because a channel closes its socket
    /// and stops being active without calling anybody in between, and on this loop (read in swift-nio 2.101).
    ///
    /// - Returns: how many bytes have been sent. Whatever else is wrong with the socket, the channel will find it too.
    private func sendNow(_ bytes: UnsafeRawBufferPointer) -> Int {
        // Once the channel is closed its descriptor can be another connection's.
        guard let socket, queued == 0, context.channel.isActive else { return 0 }
        return max(0, send(socket, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)))
    }
}

@available(*, unavailable)
extension SocketOutput: Sendable {}
