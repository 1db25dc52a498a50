internal import COpenSSL
internal import EdgeCore

/// Whom a certificate is for, and with what kind of key: what clients and the edge choose certificates by.
struct SubjectAlternatives: Hashable, Sendable {
    /// The file of the certificate, for messages.
    var file: String
    var names: CertificateNames
    var addresses: Set<IPAddress> = []
    /// `RSA`, `ECDSA`, or what OpenSSL calls it.
    var keyKind: String

    init(file: String, names: Set<String>, addresses: Set<IPAddress> = [], keyKind: String = "ECDSA") {
        (self.file, self.names, self.addresses) = (file, CertificateNames(names), addresses)
        self.keyKind = keyKind
    }

    /// - Parameter certificate: an X509 of OpenSSL's.
    init(of certificate: OpaquePointer, file: String) {
        self.file = file
        names = CertificateNames(of: certificate)
        addresses = Set(Self.read(GEN_IPADD, of: certificate).compactMap(IPAddress.init(networkOrder:)))
        let kind = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate))
        keyKind =
            switch kind {
            case EVP_PKEY_RSA: "RSA"
            case EVP_PKEY_EC: "ECDSA"
            default: OBJ_nid2sn(kind).map { String(cString: $0) } ?? "?"
            }
    }

    /// Whether nobody can ask for it: browsers compare names and addresses of this list only, never the common name.
    var isEmpty: Bool { names.names.isEmpty && addresses.isEmpty }

    /// Whether a client that connects to the name, in lower case, accepts the certificate.
    func covers(_ name: String) -> Bool { names.containsExactly(name) || names.containsByWildcard(name) }

    /// For people: `"app.example.com"`, addresses after names.
    var texts: [String] { names.names.sorted().map { "\"\($0)\"" } + addresses.map(\.description).sorted() }

    /// The bytes of every entry of a type, `GEN_DNS` or `GEN_IPADD`.
    static func read(_ type: Int32, of certificate: OpaquePointer) -> [[UInt8]] {
        var found: [[UInt8]] = []
        withUnsafeMutablePointer(to: &found) { found in
            edge_certificate_names(
                certificate, type,
                { bytes, count, context in
                    guard let bytes, let context else { return }
                    let entry = Array(UnsafeBufferPointer(start: bytes, count: Int(max(0, count))))
                    context.assumingMemoryBound(to: [[UInt8]].self).pointee.append(entry)
                },
                found)
        }
        return found
    }
}

extension IPAddress {
    /// Four bytes or sixteen; nil for any other count.
    fileprivate init?(networkOrder bytes: [UInt8]) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: self.init(v4: UInt32(truncatingIfNeeded: number(bytes[...])))
        case 16: self.init(v6: number(bytes.prefix(8)), number(bytes.suffix(8)))
        default: return nil
        }
    }
}
