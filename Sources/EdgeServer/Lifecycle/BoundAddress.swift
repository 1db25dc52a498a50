package import EdgeCore
internal import Glibc
internal import NIOCore

/// Where a listener listens: what people paste into a browser or a `curl` line.
package struct BoundAddress: Hashable, Sendable, CustomStringConvertible {
    /// `http://127.0.0.1:8080`, or `unix:/run/plunk-edge/edge.sock`.
    package let description: String
    /// The same as it is said at start-up: also whether somebody else has opened the socket and keeps it.
    package var announcement: String { isInherited ? "\(description) (inherited)" : description }

    private let isInherited: Bool

    init(_ address: ListenAddress, isTLS: Bool, isInherited: Bool = false, channel: any Channel) {
        self.isInherited = isInherited
        switch address {
        case .tcp(let host, let port):
            let bound = channel.localAddress?.port.map { UInt16(truncatingIfNeeded: $0) } ?? port
            description = "\(isTLS ? "https" : "http")://\(ListenAddress.tcp(host: host, port: bound))"
        case .unix: description = "\(address)"
        }
    }
}

/// A listener that could not be started.
package struct BindFailure: Error, CustomStringConvertible {
    private let address: ListenAddress
    private let error: any Error

    package init(address: ListenAddress, error: any Error) { (self.address, self.error) = (address, error) }

    package var description: String { "cannot listen on \(address): \(cause)" }

    private var cause: String {
        guard let error = error as? IOError else { return "\(error)" }
        switch error.errnoCode {
        case EADDRINUSE: return "another program uses this address. Stop it, or choose another port."
        case EACCES:
            if case .unix = address { return "this user may not write to the folder. Choose another, or let it." }
            return "permission denied. Ports below 1024 need CAP_NET_BIND_SERVICE."
        case EADDRNOTAVAIL: return "this machine has no such address."
        default: return String(cString: strerror(error.errnoCode))
        }
    }
}

extension IPAddress {
    /// Nil for a Unix domain socket.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(text)
    }
}
