internal import COpenSSL
internal import EdgeCore

/// A certificate with its chain, and its private key, read from their files once. Owns them. Reading blocks, so not for an
/// event loop.
///
/// `@unchecked Sendable`: nothing of it changes after it is made, and OpenSSL counts references by itself.
final class CertificatePair: @unchecked Sendable {
    let files: TLSSettings.CertificateFiles
    let chain: CertificateChain
    /// An EVP_PKEY of OpenSSL's.
    let privateKey: OpaquePointer
    /// The server's own certificate, an X509.
    let leaf: OpaquePointer

    /// - Throws: why they cannot be used.
    init(_ files: TLSSettings.CertificateFiles) throws(TLSSetupFailure) {
        do throws(TLSFailure) {
            let chain = try CertificateChain(file: files.certificate)
            guard let leaf = chain.leaf else { throw TLSFailure("there is no certificate in it") }
            guard let privateKey = try PEMFile.privateKey(files.privateKey) else {
                throw .init("there is no key in it")
            }
            (self.files, self.chain, self.leaf, self.privateKey) = (files, chain, leaf, privateKey)
        } catch {
            throw TLSSetupFailure(files: files, failure: error)
        }
    }

    /// - Parameter now: decides whether the certificate is valid.
    /// - Throws: what `check` would call an error, and why they cannot be used.
    convenience init(_ files: TLSSettings.CertificateFiles, now: WallTime) throws(TLSSetupFailure) {
        if let complaint = CertificateInspection.complaints(of: files, now: now).first(where: \.isError) {
            throw TLSSetupFailure("\(complaint.message) \(complaint.suggestion)")
        }
        try self.init(files)
    }

    deinit { EVP_PKEY_free(privateKey) }

    var subject: SubjectAlternatives { SubjectAlternatives(of: leaf, file: files.certificate) }

    /// OpenSSL's number for the kind of key, `EVP_PKEY_RSA` or `EVP_PKEY_EC`.
    var keyKind: Int32 { EVP_PKEY_get_base_id(privateKey) }

    /// Puts them into an SSL_CTX, beside others of another kind.
    func use(in context: OpaquePointer) throws(TLSFailure) {
        ERR_clear_error()
        let others = chain.certificates.dropFirst().map(Optional.some)
        let isUsable = others.withUnsafeBufferPointer {
            edge_context_use(context, leaf, privateKey, $0.baseAddress, Int32(clamping: $0.count))
        }
        guard isUsable == 1 else { throw .take() }
    }
}
