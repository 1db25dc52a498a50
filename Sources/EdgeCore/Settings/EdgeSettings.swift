/// The whole configuration, checked and complete: an immutable snapshot. A reload makes a new one; requests under way
/// finish on the one they began with.
package struct EdgeSettings: Sendable {
    package var listeners: [ListenerSettings]
    package var upstream: UpstreamSettings
    package var policy: Policy
    package var connections = ConnectionSettings()
    package var trustedProxies = TrustedProxies()
    package var clientAddress = ClientAddressSettings()
    package var accessLog = AccessLogSettings()
    package var admin: ListenAddress?
    package var shutdown = ShutdownSettings()

    package init(listeners: [ListenerSettings], upstream: UpstreamSettings, policy: Policy) {
        (self.listeners, self.upstream, self.policy) = (listeners, upstream, policy)
    }
}

/// Where to accept connections.
package enum ListenAddress: Hashable, Sendable {
    /// An address or host name with a port; port 0 lets the system pick one.
    case tcp(host: String, port: UInt16)
    /// The absolute path of a Unix domain socket.
    case unix(path: String)
}

extension ListenAddress: CustomStringConvertible {
    /// As the configuration has it: `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/plunk-edge/edge.sock`.
    package var description: String {
        switch self {
        case .tcp(let host, let port): "\(host.bracketedHost):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

package struct ListenerSettings: Hashable, Sendable {
    package var address: ListenAddress
    package var tls: TLSSettings?
    /// Whether HTTP/2 is spoken in clear text to clients that begin with its preface (prior knowledge, RFC 9113, section
    /// 3.3): for meshes that end TLS before the edge. Only without ``tls``.
    package var h2c = false

    package init(address: ListenAddress, tls: TLSSettings? = nil) { (self.address, self.tls) = (address, tls) }
}

/// TLS of one listener.
package struct TLSSettings: Hashable, Sendable {
    package enum Version: String, CaseIterable, Sendable {
        case v1_2 = "1.2"
        case v1_3 = "1.3"
    }

    package struct CertificateFiles: Hashable, Sendable {
        package var certificate: String
        package var privateKey: String

        package init(certificate: String, privateKey: String) {
            (self.certificate, self.privateKey) = (certificate, privateKey)
        }
    }

    /// At least one; the first serves names that no other covers. Absolute paths.
    package var certificates: [CertificateFiles]
    package var minimumVersion: Version
    /// The host names that clients will ask for, in lower case: a certificate has to cover each. Empty: nobody says.
    package var names: [String] = []

    package init(certificates: [CertificateFiles], minimumVersion: Version = .v1_2) {
        (self.certificates, self.minimumVersion) = (certificates, minimumVersion)
    }
}

/// What one client connection may cost.
package struct ConnectionSettings: Hashable, Sendable {
    package var maximum = 10_000
    package var maximumPerClient = 64
    /// The request line and all field lines together, in bytes.
    package var headerSize = 16 * 1024
    package var headerCount = 64
    // Totals, not gaps between bytes.
    package var headerTimeout: Instant.Span = .seconds(10)
    package var bodyTimeout: Instant.Span = .seconds(15)
    package var idleTimeout: Instant.Span = .seconds(60)
    package var writeTimeout: Instant.Span = .seconds(15)

    package init() {}
}

/// Peers whose word about the client counts.
package struct TrustedProxies: Hashable, Sendable {
    package var blocks: [AddressBlock] = AddressBlock.loopback
    /// Unix domain sockets count as `loopback`.
    package var unixSockets = true

    package init() {}

    package func contains(_ address: IPAddress) -> Bool { blocks.contains { $0.contains(address) } }
}

/// How much of a client's address leaves the edge.
package struct ClientAddressSettings: Hashable, Sendable {
    package enum Detail: String, CaseIterable, Sendable {
        case full
        /// The first 24 bits of IPv4, the first 48 of IPv6.
        case truncate
        case omit

        /// What may be said of `address`; nil for nothing.
        package func reduce(_ address: IPAddress) -> IPAddress? {
            switch self {
            case .full: address
            case .truncate: address.masked(to: address.family == .v4 ? 24 : 48)
            case .omit: nil
            }
        }
    }

    package var log: Detail = .full
    package var upstream: Detail = .full

    package init() {}
}

package struct AccessLogSettings: Hashable, Sendable {
    package enum Destination: Hashable, Sendable {
        case standardOutput
        /// An absolute path.
        case file(String)
    }

    package var destination: Destination = .standardOutput
    /// Bytes after which the file is rotated, nil for never, and how many old ones are kept.
    package var maximumSize: Int? = 100 * 1024 * 1024
    package var keep = 10

    package init() {}
}

package struct ShutdownSettings: Hashable, Sendable {
    package var delay: Instant.Span = .zero
    package var drain: Instant.Span = .seconds(20)
    /// How long the end takes at most.
    package var longest: Instant.Span { Instant.Span(nanoseconds: delay.nanoseconds + drain.nanoseconds) }

    package init() {}
}
