internal import COpenSSL
internal import EdgeCore
internal import Glibc

/// The certificates of a PEM file in its order: one for a server, and those that vouch for it. Owns them. Reads a file, so
/// not for an event loop.
final class CertificateChain {
    /// X509s of OpenSSL's; they live as long as this object.
    let certificates: [OpaquePointer]

    /// Empty for a file that holds none.
    ///
    /// - Throws: why the file cannot be read. One that is damaged behind its first certificate is none to use: clients
    ///   could not tell who vouches for that.
    init(file: String) throws(TLSFailure) {
        var damage: TLSFailure?
        certificates = try PEMFile.open(file) { input in
            var found: [OpaquePointer] = []
            ERR_clear_error()
            while let certificate = PEM_read_bio_X509(input, nil, nil, nil) { found.append(certificate) }
            // What ends every file (PEM_read_bio_X509(3)).
            if ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE { damage = .take() }
            return found
        }
        if let damage { throw damage }
    }

    deinit { for certificate in certificates { X509_free(certificate) } }

    /// The server's own certificate.
    var leaf: OpaquePointer? { certificates.first }

    /// Whom the server's own certificate is for; nil where there is none.
    ///
    /// - Parameter file: for messages.
    func subject(file: String) -> SubjectAlternatives? { leaf.map { SubjectAlternatives(of: $0, file: file) } }

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
