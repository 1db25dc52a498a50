internal import COpenSSL
internal import EdgeCore
internal import Glibc

/// A file of certificates or of a key, opened for OpenSSL. Reading it blocks, so not for an event loop.
enum PEMFile {
    /// No certificate or key needs more; what is larger is something else.
    private static let maximumSize = 1024 * 1024

    /// Calls `read` with a BIO on the file's bytes.
    ///
    /// - Throws: why the file cannot be read, for people: `No such file or directory`.
    static func open<Result>(
        _ path: String, _ read: (OpaquePointer) -> Result
    ) throws(TLSFailure) -> Result {
        let bytes = try content(path)
        // A private key may stand in it.
        defer { Erasure.erase(bytes) }
        // The end of the bytes is an error to OpenSSL, and would be taken for one of what comes next.
        defer { ERR_clear_error() }
        let result: Result? = bytes.withUnsafeBytes { memory in
            guard let input = BIO_new_mem_buf(memory.baseAddress, Int32(clamping: memory.count)) else { return nil }
            defer { BIO_free(input) }
            return read(input)
        }
        guard let result else { throw .take() }
        return result
    }

    private static func content(_ path: String) throws(TLSFailure) -> [UInt8] {
        // Not waiting for the other end of a pipe.
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TLSFailure(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TLSFailure("it is no file")
        }
        guard status.st_size <= maximumSize else { throw TLSFailure("it is larger than a certificate can be") }
        // OpenSSL wants one byte at least.
        var bytes = [UInt8](repeating: 0x0A, count: max(1, Int(status.st_size)))
        var filled = 0
        while filled < bytes.count {
            // Not through a slice, which would be a copy that nobody overwrites.
            let count = bytes.withUnsafeMutableBytes { memory in
                let rest = UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
                return Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            guard count > 0 else { break }
            filled += count
        }
        // In place: a copy would not be overwritten.
        bytes.removeLast(bytes.count - max(1, filled))
        return bytes
    }

    /// - Returns: nil if the file holds no private key that can be read without a passphrase: nobody is there to type one.
    static func privateKey(_ path: String) throws(TLSFailure) -> OpaquePointer? {
        try open(path) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }
    }
}
