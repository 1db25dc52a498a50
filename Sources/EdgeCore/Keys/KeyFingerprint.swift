/// The SHA-256 digest of a key's bytes, by which keys are compared, counted and named; 32 bytes.
package struct KeyDigest: Hashable, Sendable {
    package var words: (UInt64, UInt64, UInt64, UInt64)

    /// Big-endian words of the digest.
    package init(_ words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// Looks at every bit whatever the first difference is, so that the time taken says nothing about a listed key.
    package static func == (left: KeyDigest, right: KeyDigest) -> Bool {
        let difference =
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1)
            | (left.words.2 ^ right.words.2) | (left.words.3 ^ right.words.3)
        return difference == 0
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// SHA-256 of some bytes. EdgeCore computes no digests itself: the commands hand in libcrypto's.
package typealias SHA256Function = @Sendable (UnsafeRawBufferPointer) -> KeyDigest

/// What may be said of a key outside the judgement and the upstream request: never its bytes.
package struct KeyFingerprint: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case `public`, secret, alias, unknown
    }

    package var kind: Kind
    /// The first 8 hexadecimal digits of the SHA-256 of the key.
    package var id: UInt32
    /// The last four bytes, for somebody who compares it with a dashboard; empty for a key too short to hide the rest
    /// (fewer than 16 bytes) or with bytes outside printable ASCII.
    package var last4: String
    /// The configuration's name for the entry that accepted it.
    package var name: String?

    package init(kind: Kind, id: UInt32, last4: String, name: String?) {
        self.kind = kind
        self.id = id
        self.last4 = last4
        self.name = name
    }
}

extension KeyFingerprint {
    /// What may be said of `key`.
    ///
    /// - Parameter digest: the SHA-256 of `key`.
    package init(of key: Bytes, digest: KeyDigest, kind: Kind, name: String?) {
        let isLong = key.count >= 16
        let isPlain = key.suffix(4).allSatisfy(\.isVisible)
        self.init(
            kind: kind, id: UInt32(truncatingIfNeeded: digest.words.0 >> 32),
            last4: isLong && isPlain ? String(decoding: key.suffix(4), as: UTF8.self) : "", name: name
        )
    }
}
