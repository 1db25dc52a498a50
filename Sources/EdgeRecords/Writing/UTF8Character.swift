internal import EdgeCore

/// Reading UTF-8 that may be broken (Unicode standard, table 3-7).
enum UTF8Character {
    /// The character at `index` and its length in bytes; nil if the bytes there are not well-formed.
    static func decode(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (scalar: UInt32, length: Int)? {
        let first = bytes[index]
        guard first >= 0x80 else { return (UInt32(first), 1) }
        guard let length = UTF8Sequence.length(at: index, in: bytes) else { return nil }
        var scalar = UInt32(first & (0x7F >> UInt8(length)))
        for byte in bytes[(index + 1)..<(index + length)] { scalar = scalar << 6 | UInt32(byte & 0x3F) }
        return (scalar, length)
    }

    /// The most bytes of `bytes`, at most `limit`, that end on a character's boundary.
    static func boundary(_ limit: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard bytes.count > limit else { return bytes.count }
        for start in max(0, limit - 3)..<limit {
            if let character = decode(at: start, in: bytes), start + character.length > limit { return start }
        }
        return limit
    }
}
