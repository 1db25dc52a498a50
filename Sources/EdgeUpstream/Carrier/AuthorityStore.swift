internal import CCurl

/// The certificate authorities that the upstream's certificate has to come from, parsed once for all connections.
///
/// `@unchecked Sendable`: after `init` only OpenSSL touches the store, which counts references and locks by itself.
final class AuthorityStore: @unchecked Sendable {
    let raw: OpaquePointer

    /// Reads the file, so not for an event loop.
    ///
    /// - Parameter file: PEM.
    /// - Returns: nil when it cannot be read or holds no certificate.
    init?(file: String) {
        guard let raw = edge_authorities_load(file) else { return nil }
        self.raw = raw
    }

    deinit { X509_STORE_free(raw) }
}
