/// Reading UTF-8 that may be broken (Unicode standard, table 3-7).
enum UTF8Character {
    /// The character at `index` and its length in bytes; nil if the bytes there are not well-formed.
    static func decode(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (scalar: UInt32, length: Int)? {
        let first = bytes[index]
        let length: Int
        let minimum: UInt32
        var scalar: UInt32
        switch first {
        case 0..<0x80: return (UInt32(first), 1)
        case 0xC2...0xDF: (length, minimum, scalar) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, minimum, scalar) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, minimum, scalar) = (4, 0x10000, UInt32(first & 0x07))
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        for byte in bytes[(index + 1)..<(index + length)] {
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        guard scalar >= minimum, UnicodeScalar(scalar) != nil else { return nil }
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
