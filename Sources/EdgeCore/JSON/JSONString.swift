/// What a string of a JSON text looks like in the text.
package struct JSONString: Hashable, Sendable {
    /// The bytes between the quotes, as offsets into the text.
    package var range: Range<Int>
    package var hasEscapes: Bool

    package init(range: Range<Int>, hasEscapes: Bool) { (self.range, self.hasEscapes) = (range, hasEscapes) }
}

extension JSONString {
    /// Whether both are the same bytes of the text, escapes as they are.
    func equals(_ other: JSONString, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        range.count == other.range.count && text[range].elementsEqual(text[other.range])
    }

    /// What the string means: its bytes with the escapes resolved. The text has been scanned.
    package func bytes(in text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard hasEscapes else { return Array(text[range]) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if text[index] == UInt8(ascii: "\\") {
                index = Self.unescape(at: index + 1, in: text, into: &bytes)
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }

    /// Resolves the escape whose letter stands at `index`; returns the index behind it.
    private static func unescape(at index: Int, in text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) -> Int {
        switch text[index] {
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let unit = codeUnit(at: index + 1, in: text)
            guard unit & 0xFC00 == 0xD800 else {
                bytes.append(contentsOf: UTF8.encode(UnicodeScalar(unit) ?? "\u{FFFD}") ?? .init())
                return index + 5
            }
            let low = codeUnit(at: index + 7, in: text)
            let scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
            bytes.append(contentsOf: UTF8.encode(UnicodeScalar(scalar) ?? "\u{FFFD}") ?? .init())
            return index + 11
        default: bytes.append(text[index])
        }
        return index + 1
    }

    private static func codeUnit(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt16 {
        text[start..<start + 4].reduce(0) { $0 << 4 | UInt16($1.hexDigitValue ?? 0) }
    }
}
