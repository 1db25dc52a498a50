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
