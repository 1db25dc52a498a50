extension WallTime {
    /// Appends ISO 8601 in UTC with exactly three fraction digits, as Plunk writes it: `2026-11-23T13:05:09.042Z`.
    /// Years outside 0 to 9999 are written as the nearest moment inside.
    package func appendISO8601(to output: inout OutputSpan<UInt8>) {
        let bounded = min(max(milliseconds, Self.writable.lowerBound), Self.writable.upperBound)
        let day = bounded.flooredQuotient(dividingBy: 86_400_000)
        let time = bounded - day * 86_400_000
        let date = Self.date(ofDay: day)
        output.append(twoDigits: UInt32(truncatingIfNeeded: date.year / 100))
        output.append(twoDigits: UInt32(truncatingIfNeeded: date.year % 100))
        output.append("-")
        output.append(twoDigits: UInt32(truncatingIfNeeded: date.month))
        output.append("-")
        output.append(twoDigits: UInt32(truncatingIfNeeded: date.day))
        output.append("T")
        output.append(twoDigits: UInt32(truncatingIfNeeded: time / 3_600_000))
        output.append(":")
        output.append(twoDigits: UInt32(truncatingIfNeeded: time / 60_000 % 60))
        output.append(":")
        output.append(twoDigits: UInt32(truncatingIfNeeded: time / 1000 % 60))
        output.append(".")
        output.append(threeDigits: UInt32(truncatingIfNeeded: time % 1000))
        output.append("Z")
    }

    /// Milliseconds of the years 0000 to 9999: four digits are all that the format has.
    static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// Bytes of the text.
    static let textSize = 24

    /// `2026-11-23T13:05:09.042Z`.
    package var iso8601: String {
        String(decoding: [UInt8](textOfAtMost: Self.textSize) { appendISO8601(to: &$0) }, as: UTF8.self)
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01. Counts in years that begin in March, so that the
    /// leap day is the last day of its year, and in eras of 400 years, which all have the same length.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.flooredQuotient(dividingBy: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }
}
