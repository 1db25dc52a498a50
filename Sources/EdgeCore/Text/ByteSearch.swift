/// Looks for bytes sixteen at a time: most of what clients and Plunk send is looked through for something that is not
/// there.
package enum ByteSearch {
    /// Sixteen bytes, the first lowest. Each search marks the highest bit of the bytes it is after. (Comparing the bytes
    /// of a SIMD16 would say it more plainly, but the compiler makes a loop of that.)
    @usableFromInline typealias Word = SIMD2<UInt64>

    /// The offset of the first `byte` in `bytes` at or behind `start`.
    @inlinable
    package static func first(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        first(in: bytes, from: start, isMatch: { $0 == byte }, mark: { equal(byte, $0) })
    }

    /// The offset of the first of three bytes in `bytes` at or behind `start`.
    @inlinable
    package static func first(
        _ one: UInt8, _ other: UInt8, _ third: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0
    ) -> Int? {
        first(
            in: bytes, from: start, isMatch: { $0 == one || $0 == other || $0 == third },
            mark: { equal(one, $0) | equal(other, $0) | equal(third, $0) })
    }

    /// The offset of the first byte that no field value may hold (RFC 9110, section 5.5): a control, tab excepted.
    @inlinable
    package static func firstControl(in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        first(
            in: bytes, from: start, isMatch: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F },
            mark: { below(0x20, $0) | equal(0x7F, $0) })
    }

    /// The offset of the first byte that does not stand for itself in a JSON string: a quote, a backslash, a control, or
    /// one outside ASCII.
    @inlinable
    package static func firstSpecialInJSON(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        first(
            in: bytes, from: start, isMatch: { $0 < 0x20 || $0 >= 0x80 || $0 == 0x22 || $0 == 0x5C },
            mark: { below(0x20, $0) | equal(0x22, $0) | equal(0x5C, $0) | ($0 & all(0x80)) })
    }

    /// The offset of the first byte that is no visible character of ASCII (VCHAR of RFC 5234).
    @inlinable
    package static func firstInvisible(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        first(
            in: bytes, from: 0, isMatch: { !$0.isVisible },
            mark: { below(0x21, $0) | equal(0x7F, $0) | ($0 & all(0x80)) })
    }

    /// The offset of the first byte that is neither a visible character of ASCII nor the space.
    @inlinable
    package static func firstUnprintable(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        first(
            in: bytes, from: 0, isMatch: { !$0.isPrintable },
            mark: { below(0x20, $0) | equal(0x7F, $0) | ($0 & all(0x80)) })
    }

    /// The offset of the first byte that is neither a letter nor a digit.
    @inlinable
    package static func firstOutsideWord(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        first(
            in: bytes, from: start, isMatch: { !$0.isASCIILetter && !$0.isASCIIDigit },
            mark: { word in
                let low = word & all(0x7F)
                let lowered = low | all(0x20)
                let letter = (lowered &+ all(0x80 - 0x61)) & ~(lowered &+ all(0x80 - 0x7B))
                let digit = (low &+ all(0x80 - 0x30)) & ~(low &+ all(0x80 - 0x3A))
                return (~(letter | digit) | word) & all(0x80)
            })
    }

    /// The offset of the first byte that is neither a letter nor a hyphen, of which nearly all names of fields are made.
    @inlinable
    package static func firstOutsideName(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        first(
            in: bytes, from: start, isMatch: { !$0.isASCIILetter && $0 != UInt8(ascii: "-") },
            mark: { word in
                let low = (word | all(0x20)) & all(0x7F)
                let letter = (low &+ all(0x80 - 0x61)) & ~(low &+ all(0x80 - 0x7B))
                let noHyphen = ((word & all(0x7F)) ^ all(0x2D)) &+ all(0x7F)
                return (~letter & noHyphen | word) & all(0x80)
            })
    }

    /// - Parameter mark: marks the highest bit of the bytes that match, perhaps of others too.
    @inlinable
    @inline(__always)
    static func first(
        in bytes: UnsafeBufferPointer<UInt8>, from start: Int, isMatch: (UInt8) -> Bool, mark: (Word) -> Word
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let raw = UnsafeRawPointer(base)
        var index = start
        let last = bytes.count &- 16
        while index <= last {
            let marks = mark(raw.loadUnaligned(fromByteOffset: index, as: Word.self))
            guard marks.x | marks.y != 0 else {
                index &+= 16
                continue
            }
            index &+= marks.x != 0 ? marks.x.trailingZeroBitCount &>> 3 : 8 &+ marks.y.trailingZeroBitCount &>> 3
            if isMatch(base[index]) { return index }
            index &+= 1
        }
        while index < bytes.count {
            if isMatch(base[index]) { return index }
            index &+= 1
        }
        return nil
    }

    /// The bytes that are `byte`, which is ASCII. Taking 1 from a difference of 0 sets its highest bit, and can set that
    /// of the next byte wrongly.
    @inlinable
    @inline(__always)
    static func equal(_ byte: UInt8, _ word: Word) -> Word {
        ((word ^ all(byte)) &- all(1)) & ~word & all(0x80)
    }

    /// The bytes below `limit`, which is at most 0x80; the one behind such a byte can be marked wrongly.
    @inlinable
    @inline(__always)
    static func below(_ limit: UInt8, _ word: Word) -> Word { (word &- all(limit)) & ~word & all(0x80) }

    @inlinable
    @inline(__always)
    static func all(_ byte: UInt8) -> Word { Word(repeating: UInt64(byte) &* 0x0101_0101_0101_0101) }
}
