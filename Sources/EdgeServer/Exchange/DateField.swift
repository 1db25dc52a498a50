internal import EdgeCore
internal import Glibc

/// The value of `Date` (RFC 9110, section 6.6.1), made once a second. Confined to its event loop.
struct DateField {
    private var second: Int64 = .min
    /// `Mon, 23 Nov 2026 13:12:01 GMT`.
    private(set) var text: Bytes = []

    mutating func update(_ time: WallTime) {
        let second = time.milliseconds / 1000
        guard second != self.second else { return }
        (self.second, text) = (second, Self.format(second)[...])
    }

    private static func format(_ second: Int64) -> [UInt8] {
        var seconds = time_t(second)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        // The C locale's names are the ones HTTP wants; the process never sets another.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            let count = strftime(buffer.baseAddress, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return buffer.prefix(count).map { UInt8(bitPattern: $0) }
        }
    }
}
