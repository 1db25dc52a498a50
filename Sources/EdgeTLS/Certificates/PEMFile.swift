internal import COpenSSL
internal import Glibc

/// A file of certificates or of a key, opened for OpenSSL. Reading it blocks, so not for an event loop.
enum PEMFile {
    /// No certificate or key needs more; what is larger is something else.
    private static let maximumSize = 1024 * 1024

    /// Calls `read` with a BIO on the file.
    ///
    /// - Throws: why the file cannot be read, for people: `No such file or directory`.
    static func open<Result>(
        _ path: String, _ read: (OpaquePointer) -> Result
    ) throws(TLSFailure) -> Result {
        var status = stat()
        guard stat(path, &status) == 0 else { throw TLSFailure(String(cString: strerror(errno))) }
        // A pipe would be waited for.
        guard status.st_mode & S_IFMT == S_IFREG else { throw TLSFailure("it is no file") }
        guard status.st_size <= maximumSize else { throw TLSFailure("it is larger than a certificate can be") }
        // The end of the file is an error to OpenSSL, and would be taken for one of what comes next.
        defer { ERR_clear_error() }
        guard let input = BIO_new_file(path, "r") else { throw TLSFailure(String(cString: strerror(errno))) }
        defer { BIO_free(input) }
        return read(input)
    }

    /// - Returns: nil if the file holds no private key that can be read without a passphrase: nobody is there to type one.
    static func privateKey(_ path: String) throws(TLSFailure) -> OpaquePointer? {
        try open(path) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }
    }
}
