internal import EdgeCore

/// Texts of UUIDs (RFC 9562, section 4) of version 4.
enum UUIDText {
    static func random() -> [UInt8] { make(.random(in: .min ... .max), .random(in: .min ... .max)) }

    /// The same UUID for the same text as long as the process lives: a contact keeps its id without being stored.
    static func stable(for text: some Hashable) -> [UInt8] {
        var hasher = Hasher()
        hasher.combine(text)
        let high = UInt64(bitPattern: Int64(hasher.finalize()))
        hasher = Hasher()
        hasher.combine(high)
        hasher.combine(text)
        return make(high, UInt64(bitPattern: Int64(hasher.finalize())))
    }

    private static func make(_ high: UInt64, _ low: UInt64) -> [UInt8] {
        let high = high & ~0xF000 | 0x4000
        let low = low & ~(0b11 << 62) | (0b10 << 62)
        var text: [UInt8] = []
        for (index, shift) in stride(from: 124, through: 0, by: -4).enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            let word = shift >= 64 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift & 63)) & 0x0F
            text.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
        }
        return text
    }
}
