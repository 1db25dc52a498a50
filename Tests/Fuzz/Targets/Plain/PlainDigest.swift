import EdgeCore

/// Stands in for SHA-256: different for different keys as far as anybody tries, the same for the same (FNV-1a).
let plainDigest: SHA256Function = { bytes in
    var words: (UInt64, UInt64, UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 2, 3, UInt64(bytes.count))
    for byte in bytes {
        words.0 = (words.0 ^ UInt64(byte)) &* 0x100_0000_01B3
        words.1 = (words.1 &+ words.0) &* 0x100_0000_01B3
    }
    return KeyDigest(words)
}
