internal import EdgeCore

/// What an entry of `accepts` says that clients may show.
enum AcceptedKey {
    /// A public key as it is; its bytes.
    case publicKey([UInt8])
    /// The SHA-256 digest of what is shown.
    case digest(KeyDigest)
    /// Any other string; its bytes.
    case alias([UInt8])

    /// Messages say nothing of the value: aliases may be old keys.
    init(_ text: String) throws(Complaint) {
        let bytes = Array(text.utf8)
        if PublicKey.isWellFormed(bytes) {
            self = .publicKey(bytes)
        } else if bytes.starts(with: "pk_".utf8) {
            throw PublicKey.complaint
        } else if bytes.prefix(7).equalsIgnoringCase("sha256:") {
            guard let digest = KeyDigest(hexadecimal: bytes.dropFirst(7)) else {
                throw Complaint(
                    "The digest after \"sha256:\" does not have 64 hexadecimal digits.",
                    "Take it from: printf %s KEY | sha256sum")
            }
            self = .digest(digest)
        } else {
            // What follows `Bearer ` is one token without spaces and commas, or the request is refused before any key is
            // looked at.
            guard (1...255).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x2C }) else {
                throw Complaint(
                    "No client can show this: it is empty, too long, or has spaces, commas or characters beyond ASCII.",
                    "Write 1 to 255 visible ASCII characters without a comma.")
            }
            self = .alias(bytes)
        }
    }

    func digest(by sha256: SHA256Function) -> KeyDigest {
        switch self {
        case .publicKey(let bytes), .alias(let bytes): bytes.withUnsafeBytes { sha256($0) }
        case .digest(let digest): digest
        }
    }
}

extension PublicKey {
    static let complaint = Complaint(
        "This is not a public key of Plunk.", "Write the key that starts with \"pk_\", as the dashboard shows it.")
}

extension KeyDigest {
    /// Reads 64 hexadecimal digits of either case.
    init?(hexadecimal text: some Collection<UInt8>) {
        let digits = text.compactMap(\.hexDigitValue)
        guard text.count == 64, digits.count == 64 else { return nil }
        func word(_ index: Int) -> UInt64 {
            digits[(16 * index)..<(16 * index + 16)].reduce(0) { $0 << 4 | UInt64($1) }
        }
        self.init((word(0), word(1), word(2), word(3)))
    }
}
