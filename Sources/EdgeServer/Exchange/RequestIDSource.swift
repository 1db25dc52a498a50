internal import CLinux
internal import EdgeCore

/// Makes request ids: UUIDs of version 7 (RFC 9562, section 5.7), whose first 48 bits are the time in milliseconds.
/// Random bytes come from the kernel 4 KiB at a time. Confined to its event loop.
struct RequestIDSource {
    private static let poolSize = 4096
    private var pool = [UInt8](repeating: 0, count: poolSize)
    private var next = poolSize

    /// 36 bytes of lower-case text.
    mutating func make(at time: WallTime) -> [UInt8] {
        let (first, second) = (random(), random())
        let milliseconds = UInt64(clamping: time.milliseconds)
        let high = milliseconds << 16 | 0x7000 | (first & 0x0FFF)
        let low = 0x8000_0000_0000_0000 | (second >> 2)
        return [UInt8](unsafeUninitializedCapacity: 36) { text, count in
            var index = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    text[index] = UInt8(ascii: "-")
                    index += 1
                }
                let word = nibble < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15))) & 0xF
                text[index] = digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
                index += 1
            }
            count = index
        }
    }

    private mutating func random() -> UInt64 {
        if next + 8 > pool.count {
            refill()
            next = 0
        }
        defer { next += 8 }
        return pool.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: next, as: UInt64.self) }
    }

    /// getrandom(2) gives less than asked for only if a signal comes in between.
    private mutating func refill() {
        pool.withUnsafeMutableBytes { bytes in
            var filled = 0
            while filled < bytes.count {
                let count = getrandom(bytes.baseAddress?.advanced(by: filled), bytes.count - filled, 0)
                if count > 0 { filled += count }
            }
        }
    }
}
