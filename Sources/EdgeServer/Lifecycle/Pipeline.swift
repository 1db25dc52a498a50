internal import EdgeCore
internal import EdgeTLS
internal import NIOCore
internal import NIOPosix

/// The only place that orders channel handlers.
enum Pipeline {
    /// Listens on an address; each connection gets its handlers on its own loop.
    ///
    /// - Parameter certificates: what to speak TLS with; nil for clear text.
    static func bind(
        _ address: ListenAddress, certificates: CertificateStore?, group: any EventLoopGroup, loops: EventLoopServices
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A client that does not take its answer is noticed at the first unsent kilobyte.
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 1, high: 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let services = loops.services(on: channel.eventLoop) else { throw ChannelError.eof }
                    if let certificates {
                        guard
                            let handler = TLSHandler(
                                certificates.contexts, handshakes: services.shared.handshakes,
                                handshakeTimeout: services.snapshot.settings.connections.headerTimeout)
                        else { throw ChannelError.eof }
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(services: services, isDirect: certificates == nil))
                }
            }
        do {
            switch address {
            case .tcp(let host, let port): return try await bootstrap.bind(host: host, port: Int(port)).get()
            case .unix(let path):
                try UnixSocketPath(path).claim()
                return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            }
        } catch {
            throw BindFailure(address: address, error: error)
        }
    }
}
