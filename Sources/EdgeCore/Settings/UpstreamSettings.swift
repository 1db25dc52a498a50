/// How Plunk is reached: `upstream` of the configuration, checked.
package struct UpstreamSettings: Hashable, Sendable {
    /// Where requests go: scheme, host, port and the path prefix before `/v1/track`.
    package struct Origin: Hashable, Sendable {
        package enum Scheme: String, Hashable, Sendable { case http, https }

        package var scheme: Scheme
        /// A host name in lower case or an address; IPv6 without brackets.
        package var host: String
        package var port: UInt16
        /// Empty, or `/api`: starts with a slash, does not end with one.
        package var pathPrefix: String

        package init(scheme: Scheme, host: String, port: UInt16, pathPrefix: String) {
            (self.scheme, self.host, self.port, self.pathPrefix) = (scheme, host, port, pathPrefix)
        }

        /// The value of `Host` (RFC 9112, section 3.2): the port only where it is not the scheme's own.
        package var authority: String {
            port == (scheme == .https ? 443 : 80) ? host.bracketedHost : "\(host.bracketedHost):\(port)"
        }
    }

    /// Whether a request may be sent a second time.
    package enum Retry: String, CaseIterable, Sendable { case safe, never }

    /// What happens to a request that carries no Idempotency-Key.
    package enum Idempotency: String, CaseIterable, Sendable { case add, pass }

    package var origin: Origin
    /// A PEM file with the authorities to trust instead of the system's; absolute path.
    package var authorityFile: String?
    /// `http://host:port`; nil: none, whatever the environment says.
    package var proxy: String?
    /// Addresses to connect to instead of asking the resolver, tried in order; the name still goes into Host and SNI.
    package var addresses: [IPAddress] = []

    package var connectTimeout: Instant.Span = .seconds(3)
    /// From the last byte sent to the first byte received.
    package var firstByteTimeout: Instant.Span = .seconds(10)
    /// From acceptance to the whole answer, queueing and repeats included.
    package var totalTimeout: Instant.Span = .seconds(15)

    /// Per process.
    package var maximumConnections = 64
    package var idleTimeout: Instant.Span = .seconds(55)
    package var connectionLifetime: Instant.Span = .seconds(300)
    /// Requests accepted and not yet answered, per process.
    package var maximumInFlight = 1024

    package var retry: Retry = .safe
    package var idempotency: Idempotency = .add

    package init(origin: Origin) { self.origin = origin }
}
