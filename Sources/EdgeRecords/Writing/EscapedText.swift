internal import EdgeCore

/// Which characters must not stand in a line as they are: a terminal, a line reader or a reader's eye could be fooled.
package enum UnsafeCharacters {
    /// Control characters (C0, DEL, C1), line and paragraph separators, and the marks that turn the direction of text.
    static func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// The text with `\u{FFFD}` for each; line feeds stay.
    package static func replaced(in text: String) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            safe.append(contains(scalar.value) && scalar != "\n" ? "\u{FFFD}" : scalar)
        }
        return String(safe)
    }
}

/// Texts of a log line that may hold anything.
extension OutputSpan<UInt8> {
    /// The contents of a JSON string for bytes that may be anything; bytes that are not UTF-8 become U+FFFD. Slow: most
    /// texts need none of it (``TextTraits``).
    mutating func append(escaping bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x20..<0x7F: if freeCapacity > 0 { append(byte) }
            case 0..<0x20, 0x7F: append(unicodeEscape: UInt32(byte))
            default:
                guard let (scalar, length) = UTF8Character.decode(at: index, in: bytes) else {
                    append("\u{FFFD}")
                    break
                }
                if UnsafeCharacters.contains(scalar) {
                    append(unicodeEscape: scalar)
                } else {
                    append(bytes: UnsafeBufferPointer(rebasing: bytes[index..<index + length]))
                }
                index += length - 1
            }
            index += 1
        }
    }

    /// `\u0085` for a character of the Basic Multilingual Plane.
    mutating func append(unicodeEscape scalar: UInt32) {
        append("\\u")
        for shift in [12, 8, 4, 0] as [UInt32] { append(hexDigit: scalar >> shift) }
    }
}
