/// Plunk's public keys, the only ones that go upstream.
package enum PublicKey {
    /// Plunk's keys have 67 bytes; nothing longer than this is one.
    private static let maximumLength = 255

    /// Goes by the prefix and the characters of keys: Plunk's keys have had two lengths, and documentation uses
    /// placeholders.
    package static func isWellFormed(_ key: some Collection<UInt8>) -> Bool {
        (4...maximumLength).contains(key.count) && key.prefix(3).equals("pk_")
            && key.dropFirst(3).allSatisfy(\.isKeyCharacter)
    }
}
