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
        return [UInt8](textOfAtMost: 36) { $0.append(uuid: high, low) }
    }
}
