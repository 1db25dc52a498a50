internal import EdgeCore

extension WallTime {
    /// Reads `2026-11-23T13:39:09.123Z`, the one form that the log writes; nil for anything else.
    init?(iso8601 text: some Collection<UInt8>) {
        let text = Array(text)
        guard text.count == 24 else { return nil }
        for (index, mark) in zip([4, 7, 10, 13, 16, 19, 23], "--T::.Z".utf8) where text[index] != mark { return nil }
        func number(_ range: Range<Int>) -> Int? {
            text[range].reduce(Int?(0)) { sum, byte in
                byte.isASCIIDigit ? sum.map { $0 * 10 + Int(byte &- 0x30) } : nil
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), (1...12).contains(month),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), let millisecond = number(20..<23)
        else { return nil }
        let days = Self.days(toYear: year, month: month, day: day)
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        self.init(milliseconds: seconds * 1000 + Int64(millisecond))
        // A day that the month does not have, or a 25th hour, has become another time.
        guard iso8601.utf8.elementsEqual(text) else { return nil }
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
