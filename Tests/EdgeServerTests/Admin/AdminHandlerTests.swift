import EdgeCore
import EdgeRecords
import EdgeTestSupport
import EdgeUpstream
import Glibc
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import Testing

@testable import EdgeServer

/// One connection of the admin listener's.
@Suite struct AdminHandlerTests {
    /// A client that has gone, which is noticed when something is written to it.
    private final class Gone: ChannelOutboundHandler {
        typealias OutboundIn = HTTPServerResponsePart

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            promise?.fail(ChannelError.ioOnClosedChannel)
            context.close(promise: nil)
        }
    }

    @Test("A stream whose reader turns out to have gone does not begin")
    func gone() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let settings = EdgeSettings(policy: .withoutKeys)
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let log = try AccessLogWriter(.descriptor(null)) { _ in }
        let shared = SharedServices(settings: settings, eventLoops: 1, logger: Logger(label: "test"))
        let loops = try await EventLoopServices(on: group, snapshot: Snapshot(settings), shared: shared, log: log)
        let loop = NIOAsyncTestingEventLoop()
        let channel = NIOAsyncTestingChannel(loop: loop)
        let isBegun = try await loop.executeInContext {
            let services = AdminServices(
                eventLoop: loop, address: .unix(path: "/none"), status: ServerStatus(version: "1", configuration: nil),
                loops: loops, shared: shared, log: log)
            let handler = AdminHandler(services)
            try channel.pipeline.syncOperations.addHandlers(Gone(), handler)
            channel.connect(to: try SocketAddress(unixDomainSocketPath: "/none"), promise: nil)
            var isBegun = false
            handler.send(
                AdminResponse(contentType: "text/event-stream") { _ in isBegun = true },
                to: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/events"))
            #expect(!channel.isActive && handler.stream == nil)
            services.closeAll()
            return isBegun
        }
        #expect(!isBegun)
        await loops.forEach { $0.stop() }
        _ = log.stop(within: .seconds(2))
        try await group.shutdownGracefully()
        _ = try await channel.finish(acceptAlreadyClosed: true)
        await loop.shutdownGracefully()
    }
}
