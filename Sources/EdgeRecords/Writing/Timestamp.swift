internal import EdgeCore

/// Writes times as ISO 8601 in UTC with milliseconds, `2026-11-23T13:39:09.123Z`; works a second out once.
struct Timestamp: ~Copyable {
    /// Years 0000 to 9999: four digits are all that the format has.
    private static let seconds: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    private var second = Int64.min
    private var text: [UInt8] = []

    mutating func append(_ time: WallTime, to line: inout OutputSpan<UInt8>) {
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
        let floor = remainder < 0 ? quotient - 1 : quotient
        let newest = min(max(floor, Self.seconds.lowerBound), Self.seconds.upperBound)
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
        let days = second >= 0 ? second / 86_400 : -((86_399 - second) / 86_400)
        let time = Int(second - days * 86_400)
        let date = CalendarDate(daysSince1970: days)
        return [UInt8](capacity: 20) { line in
            line.append(twoDigits: UInt32(truncatingIfNeeded: date.year / 100))
            line.append(twoDigits: UInt32(truncatingIfNeeded: date.year % 100))
            line.append("-")
            line.append(twoDigits: UInt32(truncatingIfNeeded: date.month))
            line.append("-")
            line.append(twoDigits: UInt32(truncatingIfNeeded: date.day))
            line.append("T")
            line.append(twoDigits: UInt32(truncatingIfNeeded: time / 3600))
            line.append(":")
            line.append(twoDigits: UInt32(truncatingIfNeeded: time / 60 % 60))
            line.append(":")
            line.append(twoDigits: UInt32(truncatingIfNeeded: time % 60))
            line.append(".")
        }
    }
}

/// A day of the proleptic Gregorian calendar.
struct CalendarDate: Hashable {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// Counts in eras of 400 years, 146,097 days each, and in years that begin in March, so that a leap day is the last
    /// day of its year.
    init(daysSince1970 days: Int64) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }
}
