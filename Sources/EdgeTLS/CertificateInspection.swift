internal import COpenSSL
internal import Glibc

/// Looks at a certificate and its key before anybody connects: what is wrong with them, in words that say what to do.
/// Reads files, so not for an event loop.
package enum CertificateInspection {
    package struct Finding: Hashable, Sendable {
        package enum Severity: Sendable { case error, warning }

        package let severity: Severity
        package let message: String
        package let suggestion: String
    }

    /// When `notAfter` is worth a word.
    private static let warningDays = 21

    /// - Parameters:
    ///   - certificate: a PEM file with the certificate and the chain behind it.
    ///   - privateKey: a PEM file.
    /// - Returns: errors first; empty if all is well.
    package static func findings(certificate: String, privateKey: String) -> [Finding] {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let chain = Chain(file: certificate)
        guard let leaf = chain.certificates.first else {
            return [error("\"\(certificate)\" holds no certificate that can be read.", "Name a PEM file.")]
        }
        var findings = key(privateKey, of: leaf, in: certificate)
        findings += validity(of: leaf, in: certificate)
        findings += order(of: chain, in: certificate)
        findings += permissions(of: privateKey)
        return findings
    }

    private static func error(_ message: String, _ suggestion: String) -> Finding {
        Finding(severity: .error, message: message, suggestion: suggestion)
    }

    private static func warning(_ message: String, _ suggestion: String) -> Finding {
        Finding(severity: .warning, message: message, suggestion: suggestion)
    }

    // MARK: The key

    private static func key(_ file: String, of leaf: OpaquePointer, in certificate: String) -> [Finding] {
        guard let input = BIO_new_file(file, "r") else {
            return [error("\"\(file)\" cannot be read.", "Correct the path or the file's permissions.")]
        }
        defer { BIO_free(input) }
        // Nobody is there to type a passphrase: an encrypted key is no key.
        guard let key = PEM_read_bio_PrivateKey(input, nil, { _, _, _, _ in -1 }, nil) else {
            return [
                error(
                    "\"\(file)\" holds no private key that can be read without a passphrase.",
                    "Name an unencrypted PEM file: `openssl pkey -in KEY -out NEW` takes a passphrase away.")
            ]
        }
        defer { EVP_PKEY_free(key) }
        if X509_check_private_key(leaf, key) == 1 { return [] }
        return [
            error(
                "The key \"\(file)\" does not belong to the certificate \"\(certificate)\".",
                "Name the key that the certificate was made with; the certificate itself has to come first in its file."
            )
        ]
    }

    private static func permissions(of key: String) -> [Finding] {
        var status = stat()
        guard stat(key, &status) == 0, status.st_mode & S_IROTH != 0 else { return [] }
        return [
            warning("Everybody on this machine can read the private key \"\(key)\".", "Run `chmod o-rwx \(key)`.")
        ]
    }

    // MARK: The certificate

    private static func validity(of leaf: OpaquePointer, in file: String) -> [Finding] {
        let (begins, ends) = (seconds(until: X509_get0_notBefore(leaf)), seconds(until: X509_get0_notAfter(leaf)))
        if begins > 0 {
            return [
                error(
                    "The certificate \"\(file)\" is not valid before \(days(begins)) from now.",
                    "Wait, or correct this machine's clock.")
            ]
        }
        if ends <= 0 {
            return [error("The certificate \"\(file)\" expired \(days(-ends)) ago.", "Renew it.")]
        }
        if ends < warningDays * 86_400 {
            return [
                warning(
                    "The certificate \"\(file)\" expires in \(days(ends)).",
                    "Renew it; if a program does that by itself, see why it has not.")
            ]
        }
        return []
    }

    private static func seconds(until time: UnsafePointer<ASN1_TIME>?) -> Int {
        var (days, seconds): (Int32, Int32) = (0, 0)
        guard ASN1_TIME_diff(&days, &seconds, nil, time) == 1 else { return 0 }
        return Int(days) * 86_400 + Int(seconds)
    }

    private static func days(_ seconds: Int) -> String {
        let days = (seconds + 86_399) / 86_400
        return days == 1 ? "1 day" : "\(days) days"
    }

    // MARK: The chain

    private static func order(of chain: Chain, in file: String) -> [Finding] {
        for (certificate, issuer) in zip(chain.certificates, chain.certificates.dropFirst())
        where X509_check_issued(issuer, certificate) != X509_V_OK {
            return [
                error(
                    "In \"\(file)\" the certificate of \(name(X509_get_subject_name(certificate))) is not followed by "
                        + "the one that issued it.",
                    "Put the certificate first, then the intermediate ones, each behind the one it has issued.")
            ]
        }
        guard let last = chain.certificates.last, X509_check_issued(last, last) != X509_V_OK else { return [] }
        guard !isKnownToSystem(issuerOf: last) else { return [] }
        return [
            warning(
                "The chain in \"\(file)\" ends with a certificate issued by "
                    + "\(name(X509_get_issuer_name(last))), which this system does not know.",
                "Append the intermediate certificates (certbot calls that fullchain.pem), unless clients know this "
                    + "authority.")
        ]
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

    /// The certificates of a PEM file, in its order. Owns them.
    private final class Chain {
        private(set) var certificates: [OpaquePointer] = []

        init(file: String) {
            guard let input = BIO_new_file(file, "r") else { return }
            defer { BIO_free(input) }
            while let certificate = PEM_read_bio_X509(input, nil, nil, nil) { certificates.append(certificate) }
        }

        deinit { for certificate in certificates { X509_free(certificate) } }
    }
}
