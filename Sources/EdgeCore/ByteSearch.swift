/// Looks for bytes eight at a time: most of what clients and Plunk send is looked through for something that is not
/// there.
package enum ByteSearch {
    /// The offset of the first `byte` in `bytes` at or behind `start`.
    @inlinable
    package static func first(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        let pattern = UInt64(byte) &* ones
        return first(in: bytes, from: start, isMatch: { $0 == byte }, mark: { zeroBytes($0 ^ pattern) })
    }

    /// The offset of the first byte that no field value may hold (RFC 9110, section 5.5): a control, tab excepted.
    @inlinable
    package static func firstControl(in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        first(
            in: bytes, from: start, isMatch: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F },
            mark: { bytesBelow(0x20, in: $0) | zeroBytes($0 ^ (0x7F &* ones)) })
    }

    /// The offset of the first byte that does not stand for itself in a JSON string: a quote, a backslash, a control, or
    /// one outside ASCII.
    @inlinable
    package static func firstSpecialInJSON(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        first(
            in: bytes, from: start, isMatch: { $0 < 0x20 || $0 >= 0x80 || $0 == 0x22 || $0 == 0x5C },
            mark: {
                bytesBelow(0x20, in: $0) | zeroBytes($0 ^ (0x22 &* ones)) | zeroBytes($0 ^ (0x5C &* ones))
                    | ($0 & (0x80 &* ones))
            })
    }

    @usableFromInline static let ones: UInt64 = 0x0101_0101_0101_0101

    /// Skips words in which `mark` finds nothing, looks at the bytes of the others one by one.
    ///
    /// - Parameter mark: may mark more than `isMatch` accepts, never less.
    @inlinable
    @inline(__always)
    static func first(
        in bytes: UnsafeBufferPointer<UInt8>, from start: Int, isMatch: (UInt8) -> Bool, mark: (UInt64) -> UInt64
    ) -> Int? {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = start
        while index < bytes.count {
            let end = min(index &+ 8, bytes.count)
            if end == index &+ 8, mark(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)) == 0 {
                index = end
                continue
            }
            while index < end {
                if isMatch(bytes[index]) { return index }
                index &+= 1
            }
        }
        return nil
    }

    /// The highest bit of every byte of `word` that is 0, and perhaps of bytes above one.
    @inlinable
    @inline(__always)
    static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & (0x80 &* ones) }

    /// The highest bit of every byte of `word` below `limit`, and perhaps of bytes above one; `limit` is at most 0x80.
    @inlinable
    @inline(__always)
    static func bytesBelow(_ limit: UInt8, in word: UInt64) -> UInt64 {
        (word &- UInt64(limit) &* ones) & ~word & (0x80 &* ones)
    }
}
