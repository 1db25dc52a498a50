/// Writes times as ISO 8601 in UTC with milliseconds, `2026-11-23T13:39:09.123Z`; works a second out once.
/// Belongs to who writes with it.
package struct Timestamp {
    private var second = Int64.min
    private var text: [UInt8] = []

    package init() {}

    package mutating func append(_ time: WallTime, to line: inout OutputSpan<UInt8>) {
        let moment = min(max(time.milliseconds, WallTime.writable.lowerBound), WallTime.writable.upperBound)
        let newest = moment.flooredQuotient(dividingBy: 1000)
        if newest != second {
            second = newest
            text = Self.text(of: newest)
        }
        text.withUnsafeBufferPointer { line.append(bytes: $0) }
        line.append(threeDigits: UInt32(truncatingIfNeeded: moment - newest * 1000))
        line.append("Z")
    }

    /// `2026-11-23T13:39:09.`
    private static func text(of second: Int64) -> [UInt8] {
        Array(WallTime(milliseconds: second * 1000).iso8601.utf8.dropLast(4))
    }
}
