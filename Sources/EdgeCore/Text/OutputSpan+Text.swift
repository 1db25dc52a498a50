extension [UInt8] {
    /// A text of at most `capacity` bytes. (`init(capacity:initializingWith:)` asks the runtime for the array's type each
    /// time, which costs as much as a short text.)
    @inlinable
    package init(textOfAtMost capacity: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        self = []
        reserveCapacity(capacity)
        append(addingCapacity: capacity) { write(&$0) }
    }

    /// Appends a constant.
    @inlinable
    package mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }
}

/// Writing text into memory that was reserved for it: lines of the log, requests, answers. Who reserves knows the most
/// that can be needed. Should that be wrong, tests fail, and what does not fit is left out instead of ending the process.
extension OutputSpan<UInt8> {
    /// Appends bytes as they are.
    @inlinable
    @inline(__always)
    package mutating func append(bytes: UnsafeBufferPointer<UInt8>) {
        withUnsafeMutableBufferPointer { buffer, count in
            guard let source = bytes.baseAddress, let target = buffer.baseAddress else { return }
            guard buffer.count - count >= bytes.count else { return assertionFailure("too little was reserved") }
            (target + count).update(from: source, count: bytes.count)
            count += bytes.count
        }
    }

    /// Appends bytes as they are.
    @inlinable
    @inline(__always)
    package mutating func append(bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append(bytes: $0) } }

    /// Appends bytes as they are.
    @inlinable
    @inline(__always)
    package mutating func append(bytes: ArraySlice<UInt8>) { bytes.withUnsafeBufferPointer { append(bytes: $0) } }

    /// Appends a constant.
    @inlinable
    @inline(__always)
    package mutating func append(_ literal: StaticString) {
        append(bytes: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends a text in UTF-8, as it is.
    @inlinable
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(bytes: $0) }
    }

    /// Appends a number without leading zeros.
    @inlinable
    package mutating func append(decimal number: UInt64) {
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
    @inlinable
    @inline(__always)
    package mutating func append(threeDigits number: UInt32) {
        append(digit: number / 100)
        append(twoDigits: number % 100)
    }

    /// A number below 100 with its leading zero.
    @inlinable
    @inline(__always)
    package mutating func append(twoDigits number: UInt32) {
        append(digit: number / 10)
        append(digit: number % 10)
    }

    @inlinable
    @inline(__always)
    mutating func append(digit: UInt32) {
        if freeCapacity > 0 { append(0x30 &+ UInt8(truncatingIfNeeded: digit)) }
    }

    /// Eight hexadecimal digits in lower case.
    @inlinable
    @inline(__always)
    package mutating func append(hexadecimal number: UInt32) { append(word: Self.hexadecimalDigits(of: number)) }

    /// The text of a UUID (RFC 9562, section 4): 36 bytes in lower case.
    package mutating func append(uuid high: UInt64, _ low: UInt64) {
        withUnsafeMutableBufferPointer { buffer, count in
            guard let base = buffer.baseAddress, buffer.count - count >= 36 else {
                return assertionFailure("too little was reserved")
            }
            let text = UnsafeMutableRawPointer(base + count)
            let groups = (
                Self.hexadecimalDigits(of: UInt32(truncatingIfNeeded: high &>> 32)),
                Self.hexadecimalDigits(of: UInt32(truncatingIfNeeded: high)),
                Self.hexadecimalDigits(of: UInt32(truncatingIfNeeded: low &>> 32)),
                Self.hexadecimalDigits(of: UInt32(truncatingIfNeeded: low))
            )
            text.storeBytes(of: groups.0.littleEndian, as: UInt64.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: groups.1).littleEndian, toByteOffset: 9, as: UInt32.self)
            text.storeBytes(
                of: UInt32(truncatingIfNeeded: groups.1 &>> 32).littleEndian, toByteOffset: 14, as: UInt32.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: groups.2).littleEndian, toByteOffset: 19, as: UInt32.self)
            text.storeBytes(
                of: UInt32(truncatingIfNeeded: groups.2 &>> 32).littleEndian, toByteOffset: 24, as: UInt32.self)
            text.storeBytes(of: groups.3.littleEndian, toByteOffset: 28, as: UInt64.self)
            (base[count + 8], base[count + 13]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
            (base[count + 18], base[count + 23]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
            count += 36
        }
    }

    /// All digits at once: each half-byte gets a byte of its own, which then becomes its character.
    ///
    /// - Returns: the first digit in the lowest byte.
    @inlinable
    @inline(__always)
    static func hexadecimalDigits(of number: UInt32) -> UInt64 {
        var digits = UInt64(number.byteSwapped)
        digits = (digits | digits &<< 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits &<< 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits &>> 4 | digits &<< 8) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = (digits &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        return digits &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27
    }

    /// The lowest four bits as a hexadecimal digit in lower case.
    @inlinable
    @inline(__always)
    package mutating func append(hexDigit number: UInt32) {
        let digit = UInt8(truncatingIfNeeded: number & 0xF)
        if freeCapacity > 0 { append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit) }
    }

    /// The bytes of `word`, lowest first.
    @inlinable
    @inline(__always)
    mutating func append<Word: FixedWidthInteger & BitwiseCopyable>(word: Word) {
        withUnsafeMutableBufferPointer { buffer, count in
            let size = MemoryLayout<Word>.size
            guard let target = buffer.baseAddress, buffer.count - count >= size else {
                return assertionFailure("too little was reserved")
            }
            UnsafeMutableRawPointer(target + count).storeBytes(of: word.littleEndian, as: Word.self)
            count += size
        }
    }
}
