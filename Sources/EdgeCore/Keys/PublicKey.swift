/// Plunk's public keys, the only ones that go upstream.
package enum PublicKey {
    /// Plunk's keys have 67 bytes; nothing longer than this is one.
    private static let maximumLength = 255

    /// Goes by the prefix and the characters of keys: Plunk's keys have had two lengths, and documentation uses
    /// placeholders.
    package static func isWellFormed(_ key: some Collection<UInt8>) -> Bool {
        guard (4...maximumLength).contains(key.count), key.prefix(3).equals("pk_") else { return false }
        return key.withContiguousStorageIfAvailable(isMadeOfKeyCharacters)
            ?? Array(key).withUnsafeBufferPointer(isMadeOfKeyCharacters)
    }

    /// Letters and digits are run over; the others are few.
    private static func isMadeOfKeyCharacters(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while let other = ByteSearch.firstOutsideWord(in: key, from: index) {
            guard key[other].isKeyCharacter else { return false }
            index = other + 1
        }
        return true
    }
}
