internal import CCurl
private import Glibc

/// The certificate authorities that the upstream's certificate has to come from, parsed once for all connections.
///
/// `@unchecked Sendable`: after `init` only OpenSSL touches the store, which counts references and locks by itself.
final class AuthorityStore: @unchecked Sendable {
    /// What tells one content of the file from another.
    private struct Stamp: Equatable {
        var identity: [UInt64]
        var size: Int64
        var modified: [Int]

        init(_ file: String) {
            var status = stat()
            let isThere = stat(file, &status) == 0
            identity = isThere ? [UInt64(status.st_dev), UInt64(status.st_ino)] : []
            size = Int64(status.st_size)
            modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        }
    }

    let raw: OpaquePointer
    private let file: String
    private let stamp: Stamp

    /// Reads the file, so not for an event loop.
    ///
    /// - Parameter file: PEM.
    /// - Returns: nil when it cannot be read or holds no certificate.
    init?(file: String) {
        // Before reading: what changes meanwhile is noticed the next time.
        (self.file, stamp) = (file, Stamp(file))
        guard let raw = edge_authorities_load(file) else { return nil }
        self.raw = raw
    }

    /// Whether the file is another than the one that was read. Blocks.
    var hasChanged: Bool { Stamp(file) != stamp }

    deinit { X509_STORE_free(raw) }
}
