internal import COpenSSL
package import EdgeCore
internal import Glibc

/// Looks at a listener's certificates and their keys before anybody connects: what is wrong with them, in words that say
/// what to do. Reads files, so not for an event loop.
package enum CertificateInspection {
    /// - Parameters:
    ///   - tls: of a listener; its files are PEM: a certificate and the chain behind it, and a private key.
    ///   - address: of the listener; nil if it is not known.
    ///   - now: decides whether certificates are valid.
    /// - Returns: what is wrong with each certificate, then with their names; empty if all is well.
    package static func findings(_ tls: TLSSettings, address: ListenAddress?, now: WallTime) -> [CertificateFinding] {
        ERR_clear_error()
        defer { ERR_clear_error() }
        var findings: [CertificateFinding] = []
        var subjects: [SubjectAlternatives] = []
        for (index, files) in tls.certificates.enumerated() {
            findings += complaints(of: files, now: now).map {
                CertificateFinding(
                    place: .certificate(index), isError: $0.isError, message: $0.message, suggestion: $0.suggestion)
            }
            if let subject = (try? CertificateChain(file: files.certificate))?.subject(file: files.certificate) {
                subjects.append(subject)
            }
        }
        // Who cannot read one of them does not know which names are covered.
        guard subjects.count == tls.certificates.count else { return findings }
        return findings + NameInspection.findings(names: tls.names, address: address, certificates: subjects)
    }

    typealias Complaint = (isError: Bool, message: String, suggestion: String)

    /// What is wrong with one certificate and its key.
    static func complaints(of files: TLSSettings.CertificateFiles, now: WallTime) -> [Complaint] {
        let chain: CertificateChain
        do throws(TLSFailure) {
            chain = try CertificateChain(file: files.certificate)
        } catch {
            return [unreadable(files.certificate, error)]
        }
        guard let leaf = chain.leaf else {
            return [(true, "\"\(files.certificate)\" holds no certificate that can be read.", "Name a PEM file.")]
        }
        return [
            key(files.privateKey, of: leaf, in: files.certificate),
            chain.validity?.complaint(about: files.certificate, at: now), order(of: chain, in: files.certificate),
            permissions(of: files.privateKey),
        ].compactMap(\.self)
    }

    private static func unreadable(_ file: String, _ why: TLSFailure) -> Complaint {
        (true, "\"\(file)\" cannot be read: \(why).", "Correct the path or the file's permissions.")
    }

    // MARK: The key

    private static func key(_ file: String, of leaf: OpaquePointer, in certificate: String) -> Complaint? {
        let read: OpaquePointer?
        do throws(TLSFailure) {
            read = try PEMFile.privateKey(file)
        } catch {
            return unreadable(file, error)
        }
        guard let key = read else {
            return (
                true, "\"\(file)\" holds no private key that can be read without a passphrase.",
                "Name an unencrypted PEM file: `openssl pkey -in KEY -out NEW` takes a passphrase away."
            )
        }
        defer { EVP_PKEY_free(key) }
        if X509_check_private_key(leaf, key) == 1 { return nil }
        return (
            true, "The key \"\(file)\" does not belong to the certificate \"\(certificate)\".",
            "Name the key that the certificate was made with; the certificate itself has to come first in its file."
        )
    }

    private static func permissions(of key: String) -> Complaint? {
        var status = stat()
        guard stat(key, &status) == 0, status.st_mode & S_IROTH != 0 else { return nil }
        return (false, "Everybody on this machine can read the private key \"\(key)\".", "Run `chmod o-rwx \(key)`.")
    }

    // MARK: The chain

    private static func order(of chain: CertificateChain, in file: String) -> Complaint? {
        for (certificate, issuer) in zip(chain.certificates, chain.certificates.dropFirst())
        where X509_check_issued(issuer, certificate) != X509_V_OK {
            return (
                true,
                "In \"\(file)\" the certificate of \(name(X509_get_subject_name(certificate))) is not followed by the "
                    + "one that issued it.",
                "Put the certificate first, then the intermediate ones, each behind the one it has issued."
            )
        }
        guard let last = chain.certificates.last, X509_check_issued(last, last) != X509_V_OK,
            !isKnownToSystem(issuerOf: last)
        else { return nil }
        return (
            false,
            "The chain in \"\(file)\" ends with a certificate issued by \(name(X509_get_issuer_name(last))), which this "
                + "system does not know.",
            "Append the intermediate certificates (certbot calls that fullchain.pem), unless clients know this authority."
        )
    }

    private static func isKnownToSystem(issuerOf certificate: OpaquePointer) -> Bool {
        guard let store = X509_STORE_new() else { return true }
        defer { X509_STORE_free(store) }
        guard X509_STORE_set_default_paths(store) == 1, let context = X509_STORE_CTX_new() else { return true }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, certificate, nil) == 1 else { return true }
        var issuer: OpaquePointer?
        let found = X509_STORE_CTX_get1_issuer(&issuer, context, certificate)
        X509_free(issuer)
        return found == 1
    }

    /// `CN = R3, O = Let's Encrypt`, for people.
    private static func name(_ name: OpaquePointer?) -> String {
        guard let text = X509_NAME_oneline(name, nil, 0) else { return "?" }
        defer { edge_free(text) }
        return "\"\(String(cString: text))\""
    }
}
