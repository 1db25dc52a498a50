package import EdgeCore

/// What a client and the edge have agreed upon, told to the handlers behind when the handshake is done.
package struct TLSHandshake: Sendable {
    /// `TLSv1.3`.
    package let version: StaticString
    /// Nil where the client asked for none: HTTP/1.1 then.
    package let applicationProtocol: ApplicationProtocol?
    private let contexts: TLSContexts
    /// The one whose certificate the client got.
    private let context: TLSContext

    init(_ connection: TLSConnection) {
        (version, applicationProtocol) = (connection.version, connection.applicationProtocol)
        contexts = connection.contexts
        context = connection.serverName.map(contexts.context) ?? contexts.first
    }

    /// Whether a connection for this host would have got the same certificate: one for another must not be answered for
    /// it (RFC 9110, section 7.4).
    ///
    /// - Parameter host: the value of `Host`, or of `:authority`.
    package func serves(_ host: Bytes) -> Bool {
        if contexts.haveOneCertificate { return true }
        guard var name = HostField(host)?.name else { return true }
        // The root's dot is no part of what clients ask for (RFC 6066, section 3).
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        return contexts.context(for: String(decoding: name, as: UTF8.self)) === context
    }
}

/// Told to the handlers behind before a connection is closed because somebody else gets its place: too many
/// handshakes are under way, or connections there.
package struct TLSHandshakeRefused: Sendable {}

/// Told to the handlers behind before a connection is closed because its client speaks HTTP in clear text.
package struct TLSMissing: Sendable {}
