internal import CCurl
internal import EdgeSystem

/// The certificate authorities that the upstream's certificate has to come from, parsed once for all connections.
///
/// `@unchecked Sendable`: after `init` only OpenSSL touches the store, which counts references and locks by itself.
final class AuthorityStore: @unchecked Sendable {
    let raw: OpaquePointer
    private let file: String
    private let stamp: FileStamp?

    /// Reads the file, so not for an event loop.
    ///
    /// - Parameter file: PEM.
    /// - Returns: nil when it cannot be read or holds no certificate.
    init?(file: String) {
        // Before reading: what changes meanwhile is noticed the next time.
        (self.file, stamp) = (file, FileStatus(path: file)?.stamp)
        guard let raw = edge_authorities_load(file) else { return nil }
        self.raw = raw
    }

    /// Whether the file is another than the one that was read. Blocks.
    var hasChanged: Bool { FileStatus(path: file)?.stamp != stamp }

    deinit { X509_STORE_free(raw) }
}
