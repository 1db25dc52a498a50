internal import EdgeCore
internal import NIOCore
internal import NIOPosix

extension ServerBootstrap {
    /// Listens on an address.
    ///
    /// - Parameters:
    ///   - inherited: a socket that listens there already; a copy of it is used.
    ///   - trouble: is told when there is no room for another connection.
    func bind(
        _ address: ListenAddress, inherited: CInt?, trouble: AcceptTrouble
    ) async throws(BindFailure) -> any Channel {
        let bootstrap = serverChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(AcceptBackoff(address, trouble))
            }
        }
        do {
            if let inherited { return try await InheritedSockets.serve(inherited, with: bootstrap) }
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
