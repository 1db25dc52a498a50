package import EdgeCore

extension WallTime {
    /// Reads `2026-11-23T13:39:09.123Z`, the one form that the log writes; nil for anything else.
    init?(iso8601 text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 24, text[4] == 0x2D, text[7] == 0x2D, text[10] == UInt8(ascii: "T"), text[13] == 0x3A,
            text[16] == 0x3A, text[19] == 0x2E, text[23] == UInt8(ascii: "Z"), let century = Self.twoDigits(0, text),
            let year = Self.twoDigits(2, text), let month = Self.twoDigits(5, text), let day = Self.twoDigits(8, text),
            let hour = Self.twoDigits(11, text), let minute = Self.twoDigits(14, text),
            let second = Self.twoDigits(17, text), let centisecond = Self.twoDigits(20, text), text[22].isASCIIDigit
        else { return nil }
        self.init(
            year: century * 100 + year, month: month, day: day, hour: hour, minute: minute, second: second,
            millisecond: centisecond * 10 + Int(text[22] &- 0x30))
    }

    init?(iso8601 text: String) {
        var text = text
        guard let time = text.withUTF8({ WallTime(iso8601: $0) }) else { return nil }
        self = time
    }

    /// A moment of UTC; nil for one that the calendar or the clock does not have.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, millisecond: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
            (0...999).contains(millisecond)
        else { return nil }
        let seconds = Self.days(toYear: year, month: month, day: day) * 86_400
        self.init(
            milliseconds: (seconds + Int64(hour * 3600 + minute * 60 + second)) * 1000 + Int64(millisecond))
    }

    @inline(__always)
    private static func twoDigits(_ index: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard index + 1 < text.count, text[index].isASCIIDigit, text[index + 1].isASCIIDigit else { return nil }
        return Int(text[index] &- 0x30) * 10 + Int(text[index + 1] &- 0x30)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Counts in years that begin in March, so that
    /// a leap day is the last day of its year, and in eras of 400 years, which all have the same length.
    private static func days(toYear year: Int, month: Int, day: Int) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }
}
