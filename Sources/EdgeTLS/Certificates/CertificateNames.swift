internal import COpenSSL

/// The DNS names that a certificate is for, in lower case: `app.example.com`, `*.example.com`.
struct CertificateNames: Hashable, Sendable {
    let names: Set<String>

    init(_ names: Set<String>) { self.names = names }

    /// - Parameter certificate: an X509 of OpenSSL's.
    init(of certificate: OpaquePointer) {
        names = Set(
            SubjectAlternatives.read(GEN_DNS, of: certificate).map { String(decoding: $0, as: UTF8.self).lowercased() })
    }

    /// Whether one of the names is this one, letter by letter.
    func containsExactly(_ host: String) -> Bool { names.contains(host) }

    /// Whether one of the names covers this one by a wildcard, which stands for one whole label, the first (RFC 6125,
    /// section 6.4.3).
    func containsByWildcard(_ host: String) -> Bool {
        guard let dot = host.firstIndex(of: "."), dot > host.startIndex else { return false }
        return names.contains("*\(host[dot...])")
    }
}
