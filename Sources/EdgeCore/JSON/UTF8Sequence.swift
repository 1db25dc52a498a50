/// The well-formed byte sequences of UTF-8 (Unicode standard, table 3-7).
package enum UTF8Sequence {
    /// How many bytes the character at `index` has, nil if they are not well-formed. The first byte is 0x80 or above.
    package static func length(at index: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        let first = text[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE, 0xEF: length = 3
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard index + length <= text.count, second.contains(text[index + 1]) else { return nil }
        for offset in 2..<max(2, length) where text[index + offset] & 0xC0 != 0x80 { return nil }
        return length
    }
}
