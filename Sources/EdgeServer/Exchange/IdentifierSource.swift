internal import CLinux
internal import EdgeCore

/// Makes request ids and Idempotency-Keys. Random bytes come from the kernel 4 KiB at a time. Confined to its event loop.
struct IdentifierSource {
    private static let poolSize = 4096
    private var pool = [UInt8](repeating: 0, count: poolSize)
    private var next = poolSize

    mutating func make(at time: WallTime) -> Identifier { Identifier(at: time, random: (random(), random())) }

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
