internal import COpenSSL

/// A certificate for this machine only, made on the spot and signed by its own key (ECDSA, P-256): for `localhost`,
/// `127.0.0.1` and `::1`, seven days long, and not allowed to vouch for others. Slow (a key is made), so not for an event
/// loop.
package struct ThrowAwayCertificate: Sendable {
    /// PEM.
    package let certificate: [UInt8]
    /// PEM, without a passphrase.
    package let privateKey: [UInt8]

    /// A clock that goes a little slow on the other side of a container should not matter.
    private static let secondsBefore = -3600
    private static let seconds = 7 * 86_400

    /// Name and value of each extension, as x509v3_config(5) writes them. What signs itself and vouches for nobody is
    /// accepted by those who were told to trust exactly it.
    private static let extensions: [(kind: Int32, value: String)] = [
        (NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"), (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature"), (NID_ext_key_usage, "serverAuth"),
        (NID_subject_key_identifier, "hash"),
    ]

    /// - Throws: what OpenSSL says.
    package init() throws(TLSFailure) {
        ERR_clear_error()
        guard let key = edge_new_elliptic_key() else { throw .take() }
        defer { EVP_PKEY_free(key) }
        guard let certificate = X509_new() else { throw .take() }
        defer { X509_free(certificate) }
        try Self.describe(certificate, key)
        guard X509_sign(certificate, key, EVP_sha256()) > 0 else { throw .take() }
        self.certificate = try Self.pem { PEM_write_bio_X509($0, certificate) }
        privateKey = try Self.pem { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    private static func describe(_ certificate: OpaquePointer, _ key: OpaquePointer) throws(TLSFailure) {
        let name = X509_get_subject_name(certificate)
        // 63 bits, since a serial number is positive (RFC 5280, section 4.1.2.2).
        let serial = UInt64.random(in: 1...UInt64(Int64.max))
        guard X509_set_version(certificate, Int(X509_VERSION_3)) == 1,
            ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1,
            X509_gmtime_adj(X509_getm_notBefore(certificate), secondsBefore) != nil,
            X509_gmtime_adj(X509_getm_notAfter(certificate), seconds) != nil,
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, "plunk-edge demo", -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1, X509_set_pubkey(certificate, key) == 1
        else { throw .take() }
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, certificate, certificate, nil, nil, 0)
        for (kind, value) in extensions {
            guard let made = X509V3_EXT_conf_nid(nil, &context, kind, value) else { throw .take() }
            defer { X509_EXTENSION_free(made) }
            guard X509_add_ext(certificate, made, -1) == 1 else { throw .take() }
        }
    }

    /// What `write` writes into a buffer of OpenSSL's.
    private static func pem(_ write: (OpaquePointer) -> Int32) throws(TLSFailure) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw .take() }
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { throw .take() }
        let count = max(0, edge_bio_pending(memory))
        let text = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = Int(max(0, BIO_read(memory, buffer.baseAddress, Int32(clamping: count))))
        }
        return text
    }
}
