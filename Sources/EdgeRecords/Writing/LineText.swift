internal import EdgeCore

/// Which characters must not stand in a line as they are: a terminal, a line reader or a reader's eye could be fooled.
enum UnsafeCharacters {
    /// Control characters (C0, DEL, C1), line and paragraph separators, and the marks that turn the direction of text.
    static func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}

/// Writing a JSON line into memory reserved for it. What does not fit is left out; the encoder reserves the most that a
/// line can need.
extension OutputSpan<UInt8> {
    @inline(__always)
    mutating func append(bytes: UnsafeBufferPointer<UInt8>) {
        withUnsafeMutableBufferPointer { buffer, count in
            guard let source = bytes.baseAddress, buffer.count - count >= bytes.count,
                let target = buffer.baseAddress
            else { return }
            (target + count).update(from: source, count: bytes.count)
            count += bytes.count
        }
    }

    @inline(__always)
    mutating func append(_ literal: StaticString) {
        append(bytes: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func append(decimal number: UInt64) {
        if number < 1000 {
            let number = UInt32(truncatingIfNeeded: number)
            if number >= 100 { append(digit: number / 100) }
            if number >= 10 { append(digit: number / 10 % 10) }
            append(digit: number % 10)
        } else {
            append(decimal: number / 1000)
            append(threeDigits: UInt32(truncatingIfNeeded: number % 1000))
        }
    }

    /// A number below 1000 with its leading zeros.
    @inline(__always)
    mutating func append(threeDigits number: UInt32) {
        append(digit: number / 100)
        append(twoDigits: number % 100)
    }

    /// A number below 100 with its leading zero.
    @inline(__always)
    mutating func append(twoDigits number: UInt32) {
        append(digit: number / 10)
        append(digit: number % 10)
    }

    @inline(__always)
    private mutating func append(digit: UInt32) {
        if freeCapacity > 0 { append(0x30 &+ UInt8(truncatingIfNeeded: digit)) }
    }

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

    /// Eight hexadecimal digits.
    mutating func append(hexadecimal number: UInt32) {
        for shift in [28, 24, 20, 16, 12, 8, 4, 0] as [UInt32] { append(hexDigit: number >> shift) }
    }

    @inline(__always)
    private mutating func append(hexDigit number: UInt32) {
        let digit = UInt8(truncatingIfNeeded: number & 0xF)
        if freeCapacity > 0 { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
}
