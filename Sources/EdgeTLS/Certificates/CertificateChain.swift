internal import COpenSSL
internal import EdgeCore
internal import Glibc

/// The certificates of a PEM file in its order: one for a server, and those that vouch for it. Owns them. Reads a file, so
/// not for an event loop.
final class CertificateChain {
    /// X509s of OpenSSL's; they live as long as this object.
    private(set) var certificates: [OpaquePointer] = []

    /// Empty for a file that holds none, or cannot be read.
    init(file: String) {
        // The end of the file is an error to OpenSSL, and would be taken for one of what comes next.
        defer { ERR_clear_error() }
        guard let input = BIO_new_file(file, "r") else { return }
        defer { BIO_free(input) }
        while let certificate = PEM_read_bio_X509(input, nil, nil, nil) { certificates.append(certificate) }
    }

    deinit { for certificate in certificates { X509_free(certificate) } }

    /// The server's own certificate.
    var leaf: OpaquePointer? { certificates.first }

    /// When the server's own certificate begins and ends to be valid; nil where there is none.
    var validity: CertificateValidity? {
        guard let leaf, let begins = Self.wallTime(X509_get0_notBefore(leaf)),
            let ends = Self.wallTime(X509_get0_notAfter(leaf))
        else { return nil }
        return CertificateValidity(notBefore: begins, notAfter: ends)
    }

    private static func wallTime(_ time: UnsafePointer<ASN1_TIME>?) -> WallTime? {
        var calendar = tm()
        guard let time, ASN1_TIME_to_tm(time, &calendar) == 1 else { return nil }
        return WallTime(milliseconds: Int64(timegm(&calendar)) * 1000)
    }
}
