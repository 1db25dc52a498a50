/// A view of bytes that somebody else may share: what a client sent is looked at, not copied and never turned into a
/// `String` before it has been judged (`String` compares by canonical equivalence, keys and paths must not).
package typealias Bytes = ArraySlice<UInt8>

extension ArraySlice<UInt8> {
    /// Whether there are only visible characters of ASCII (VCHAR of RFC 5234).
    package var isVisible: Bool { withUnsafeBufferPointer { ByteSearch.firstInvisible(in: $0) == nil } }

    /// Whether there are only visible characters of ASCII and spaces.
    package var isPrintable: Bool { withUnsafeBufferPointer { ByteSearch.firstUnprintable(in: $0) == nil } }
}

extension Collection<UInt8> {
    /// Whether these are exactly the bytes of `literal`.
    @inlinable
    package func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        var own = startIndex
        for offset in 0..<literal.utf8CodeUnitCount {
            if self[own] != literal.utf8Start[offset] { return false }
            formIndex(after: &own)
        }
        return true
    }

    /// Whether these are the bytes of `lowercase`, letters A to Z of `self` taken as a to z (RFC 9110, section 5.1).
    @inlinable
    package func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        var own = startIndex
        for offset in 0..<lowercase.utf8CodeUnitCount {
            if self[own].asciiLowercased != lowercase.utf8Start[offset] { return false }
            formIndex(after: &own)
        }
        return true
    }
}

extension BidirectionalCollection<UInt8> {
    /// Without the spaces and tabs around it.
    @inlinable
    package var trimmed: SubSequence {
        var rest = drop(while: \.isBlank)
        while rest.last?.isBlank == true { rest.removeLast() }
        return rest
    }
}

extension UInt8 {
    /// a to z for A to Z, every other byte as it is.
    @inlinable
    package var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// 0 to 9.
    @inlinable
    package var isASCIIDigit: Bool { self &- 0x30 < 10 }

    /// A to Z or a to z.
    @inlinable
    package var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// The value of a hexadecimal digit in either case, nil for any other byte.
    @inlinable
    package var hexDigitValue: UInt8? {
        if isASCIIDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// A character of a token (RFC 9110, section 5.6.2).
    @inlinable
    package var isTokenCharacter: Bool { isIn(0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE) }

    /// A visible character of ASCII (VCHAR of RFC 5234).
    @inlinable
    package var isVisible: Bool { self &- 0x21 < 0x5E }

    /// A visible character of ASCII, or the space.
    @inlinable
    package var isPrintable: Bool { self &- 0x20 < 0x5F }

    /// A space or a tab, which may surround the parts of a field value (OWS of RFC 9110, section 5.6.3).
    @inlinable
    package var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// Whether the bit of this byte is set in a set of ASCII characters: those below 0x40, and the others.
    @inlinable
    func isIn(_ low: UInt64, _ high: UInt64) -> Bool {
        self < 0x80 && (self < 0x40 ? low : high) &>> UInt64(self & 0x3F) & 1 == 1
    }
}
