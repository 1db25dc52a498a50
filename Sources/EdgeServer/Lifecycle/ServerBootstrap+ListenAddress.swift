internal import EdgeCore
internal import NIOCore
internal import NIOPosix

extension ServerBootstrap {
    /// Listens on an address.
    ///
    /// - Parameter inherited: a socket that listens there already; a copy of it is used.
    func bind(_ address: ListenAddress, inherited: CInt?) async throws(BindFailure) -> any Channel {
        do {
            if let inherited { return try await InheritedSockets.serve(inherited, with: self) }
            switch address {
            case .tcp(let host, let port): return try await bind(host: host, port: Int(port)).get()
            case .unix(let path):
                try UnixSocketPath(path).claim()
                return try await bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            }
        } catch {
            throw BindFailure(address: address, error: error)
        }
    }
}
