/// Who sent a request, as far as peers can be believed.
package struct Client: Sendable {
    /// The client's own address; nil for a Unix domain socket whose peer named nobody.
    package var address: IPAddress?
    /// Whether the peer is a trusted proxy, whose X-Request-ID and X-Forwarded-Host count.
    package var isBehindTrustedProxy: Bool

    package init(address: IPAddress?, isBehindTrustedProxy: Bool) {
        (self.address, self.isBehindTrustedProxy) = (address, isBehindTrustedProxy)
    }

    /// How many entries of X-Forwarded-For are read, from the right.
    private static let maximumHops = 32

    /// Walks X-Forwarded-For from the right over trusted proxies to the first address that is none. An entry that is no
    /// address ends the walk: what stands left of it was written by nobody known.
    ///
    /// - Parameter peer: the other end of the connection; nil for a Unix domain socket.
    package init(head: RequestHead, peer: IPAddress?, trusted: TrustedProxies) {
        address = peer
        isBehindTrustedProxy = peer.map(trusted.contains) ?? trusted.unixSockets
        guard isBehindTrustedProxy, head.lines(of: .forwardedFor) > 0 else { return }
        var hops = 0
        for line in head.reversedValues(of: .forwardedFor) {
            for entry in line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).reversed() {
                hops += 1
                guard hops <= Self.maximumHops, let hop = Self.address(inEntry: entry) else { return }
                address = hop
                if !trusted.contains(hop) { return }
            }
        }
    }

    /// `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1`, `[2001:db8::1]:1234`, with spaces around.
    private static func address(inEntry entry: Bytes) -> IPAddress? {
        let text = entry.trimmed
        if let plain = IPAddress(text) { return plain }
        guard let host = HostField(text), host.port != nil || text.first == UInt8(ascii: "[") else { return nil }
        return IPAddress(text.first == UInt8(ascii: "[") ? host.name.dropFirst().dropLast() : host.name)
    }
}
