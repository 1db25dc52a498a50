package import EdgeCore
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A Plunk to play with: answers `POST /v1/track` over HTTP/1.1 in clear text as Plunk's API of the "next" generation
/// does, and keeps no event.
///
/// It imitates what a caller of that endpoint can see: the router that forgives case and slashes, the reading of
/// Authorization, of the body and its fields, reserved events, the order in which these are judged, the envelope and
/// the 200, `Idempotency-Key`, the rate limit, CORS, `X-Request-ID`, and idle connections closed after 5 seconds. Every
/// well-formed `pk_` key is a project, every other endpoint wants an `sk_` key. The first word of a key chooses other
/// answers: `pk_disabled…` 403, `pk_limited…` 429, `pk_unknown…` 401, `pk_broken…` 500, `pk_slow…` after two seconds.
///
/// It does not imitate what lies behind: contacts are not stored (an address has the same id as long as the process
/// lives), no workflow runs, no mail goes out, secret keys open nothing (404). Bodies end at 1 MiB (Plunk: 50 MB) and
/// must not be compressed; the JSON reader is the edge's, so a member that stands twice, a half surrogate pair and
/// depths over 32 are errors here which Plunk lets pass.
package final class SandboxServer: Sendable {
    /// Connections at once; one more is closed unheard.
    private static let maximumConnections = 1024
    /// Of each project, where Plunk is hosted.
    package static let plunkLimit = RateLimit(perSecond: 100, burst: 200)
    private static let maximumBodySize = 1024 * 1024
    /// Node closes connections that have been quiet for this long.
    private static let idleTimeout = TimeAmount.seconds(5)

    private let listener: any Channel
    private let connections: OpenConnections

    /// Where it listens: `127.0.0.1:3001`, `[::1]:3001`.
    package let localAddress: String
    package let port: Int

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - host: an address or a name.
    ///   - port: 0 lets the system pick one.
    ///   - group: where connections live. Not shut down by the server.
    ///   - rateLimit: of each project; nil for none, which is how Plunk comes when self-hosted.
    ///   - onEvent: is told of every event that was taken, on an event loop: it must not block.
    /// - Throws: NIO's errors where the address cannot be found or bound.
    package static func start(
        host: String, port: Int, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        rateLimit: RateLimit? = plunkLimit, onEvent: @escaping @Sendable (RecordedEvent) -> Void = { _ in }
    ) async throws -> SandboxServer {
        let imitation = TrackImitation(rateLimit: rateLimit)
        let connections = OpenConnections(maximum: maximumConnections)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: idleTimeout))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(
                        SandboxHandler(imitation: imitation, maximumBodySize: maximumBodySize, onEvent: onEvent))
                }
            }
            .bind(host: host, port: port)
            .get()
        return SandboxServer(listener: listener, connections: connections)
    }

    private init(listener: any Channel, connections: OpenConnections) {
        (self.listener, self.connections) = (listener, connections)
        let address = listener.localAddress
        port = address?.port ?? 0
        localAddress = "\((address?.ipAddress ?? "").bracketedHost):\(port)"
    }

    /// Stops listening and closes every connection, whatever is under way on it. Once is enough, twice does no harm.
    package func stop() async {
        listener.close(promise: nil)
        try? await listener.closeFuture.get()
        for connection in connections.close() {
            connection.close(promise: nil)
            try? await connection.closeFuture.get()
        }
    }
}
