/// What a text has to be looked at for before it is written: nothing, for most. Found in one pass over eight bytes at a
/// time.
struct TextTraits {
    /// A quote, a backslash, or a byte outside printable ASCII.
    let needsEscape: Bool
    /// A percent sign or `k_`, without which there is no key.
    let mayHoldKey: Bool

    init(_ text: UnsafeBufferPointer<UInt8>) {
        let bytes = UnsafeRawBufferPointer(text)
        var search = Search()
        if bytes.count >= 8 {
            for index in 0..<bytes.count / 8 {
                search.look(at: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            // Bytes of the last eight may have been looked at before.
            search.look(at: bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
        } else {
            var word = Search.ones &* UInt64(UInt8(ascii: " "))
            withUnsafeMutableBytes(of: &word) { $0.copyMemory(from: bytes) }
            search.look(at: word)
        }
        needsEscape = search.escapes & Search.highestBits != 0
        mayHoldKey = search.keys & Search.highestBits != 0
    }

    /// Eight bytes in a word, the first lowest. The highest bit of a byte says whether it is one of those looked for.
    /// Taking 1 from a difference of 0 sets that bit; it may be set without, above ASCII or behind a byte that was found,
    /// which costs a second look only.
    private struct Search {
        static let ones: UInt64 = 0x0101_0101_0101_0101
        static let highestBits: UInt64 = 0x8080_8080_8080_8080

        var escapes: UInt64 = 0
        var keys: UInt64 = 0
        /// Whether the byte before the next word is a `k`, as the bit that it would have there.
        private var letterBefore: UInt64 = 0

        @inline(__always)
        mutating func look(at word: UInt64) {
            let ones = Self.ones
            let quote = (word ^ (ones &* 0x22)) &- ones
            let backslash = (word ^ (ones &* 0x5C)) &- ones
            let control = word &- ones &* 0x20
            let deleteOrAbove = (word &+ ones) | word
            escapes |= quote | backslash | control | deleteOrAbove
            let percent = (word ^ (ones &* 0x25)) &- ones
            let underscore = (word ^ (ones &* 0x5F)) &- ones
            let letter = ((word | (ones &* 0x20)) ^ (ones &* 0x6B)) &- ones
            keys |= percent | (underscore & (letter << 8 | letterBefore))
            letterBefore = letter >> 56
        }
    }
}
