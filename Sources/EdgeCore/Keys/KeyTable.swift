/// The `keys` of the configuration, by digest: what clients may show and which public key goes upstream for it.
package final class KeyTable: Sendable {
    /// One entry of `keys`.
    package struct Entry: Hashable, Sendable {
        package var name: String
        /// Digests of what clients may show.
        package var accepts: [KeyDigest]
        /// The public key that goes upstream; nil: the one shown.
        package var sends: [UInt8]?
        /// Whether it stands for a request that carries no Authorization. Only together with `sends`.
        package var whenMissing: Bool

        package init(name: String, accepts: [KeyDigest], sends: [UInt8]?, whenMissing: Bool = false) {
            (self.name, self.accepts, self.sends, self.whenMissing) = (name, accepts, sends, whenMissing)
        }
    }

    package let entries: [Entry]
    package let sha256: SHA256Function
    private let entryOfDigest: [KeyDigest: Int]
    /// The entry for requests without Authorization.
    package let entryWhenMissing: Int?
    /// Of what each entry sends; nil where it sends what was shown.
    private let digestsOfSent: [KeyDigest?]

    /// - Parameter entries: empty lets every well-formed public key pass as it is.
    package init(entries: [Entry] = [], sha256: @escaping SHA256Function) {
        self.entries = entries
        self.sha256 = sha256
        var entryOfDigest: [KeyDigest: Int] = [:]
        for (index, entry) in entries.enumerated() {
            for digest in entry.accepts where entryOfDigest[digest] == nil { entryOfDigest[digest] = index }
        }
        self.entryOfDigest = entryOfDigest
        digestsOfSent = entries.map { $0.sends.map { $0.withUnsafeBytes(sha256) } }
        entryWhenMissing = entries.firstIndex { $0.whenMissing && $0.sends != nil }
    }

    /// The entry that accepts what a client showed. Looking up a digest instead of the key itself takes the same time
    /// for known and unknown keys.
    package func entry(accepting digest: KeyDigest) -> Int? { entryOfDigest[digest] }

    /// The public key that goes upstream for an entry, and its digest; nil: the one shown.
    package func sent(byEntry index: Int) -> (key: Bytes, digest: KeyDigest)? {
        guard let key = entries[index].sends, let digest = digestsOfSent[index] else { return nil }
        return (key[...], digest)
    }
}
