/// Writes times as ISO 8601 in UTC with milliseconds, `2026-11-23T13:39:09.123Z`; works a second out once.
/// Belongs to who writes with it.
package struct Timestamp {
    /// Years 0000 to 9999: four digits are all that the format has.
    private static let moments: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    private var second = Int64.min
    private var text: [UInt8] = []

    package init() {}

    package mutating func append(_ time: WallTime, to line: inout OutputSpan<UInt8>) {
        let moment = min(max(time.milliseconds, Self.moments.lowerBound), Self.moments.upperBound)
        let (quotient, remainder) = moment.quotientAndRemainder(dividingBy: 1000)
        let newest = remainder < 0 ? quotient - 1 : quotient
        if newest != second {
            second = newest
            text = Self.text(of: newest)
        }
        text.withUnsafeBufferPointer { line.append(bytes: $0) }
        line.append(threeDigits: UInt32(truncatingIfNeeded: remainder < 0 ? remainder + 1000 : remainder))
        line.append("Z")
    }

    /// `2026-11-23T13:39:09.`
    private static func text(of second: Int64) -> [UInt8] {
        Array(WallTime(milliseconds: second * 1000).iso8601.utf8.dropLast(4))
    }
}
