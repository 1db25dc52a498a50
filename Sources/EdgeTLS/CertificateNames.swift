internal import COpenSSL

/// The DNS names that a certificate is for, in lower case: `app.example.com`, `*.example.com`.
struct CertificateNames: Hashable, Sendable {
    let names: Set<String>

    init(_ names: Set<String>) { self.names = names }

    /// - Parameter certificate: an X509 of OpenSSL's.
    init(of certificate: OpaquePointer) {
        var found: Set<String> = []
        withUnsafeMutablePointer(to: &found) { found in
            edge_certificate_names(
                certificate,
                { bytes, count, context in
                    guard let bytes, let context else { return }
                    let name = String(
                        decoding: UnsafeBufferPointer(start: bytes, count: Int(max(0, count))), as: UTF8.self)
                    context.assumingMemoryBound(to: Set<String>.self).pointee.insert(name.lowercased())
                },
                found)
        }
        names = found
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
