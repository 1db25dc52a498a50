internal import EdgeCore

extension WallTime {
    /// `2026-11-23T13:39:09.123Z`.
    var iso8601: String {
        var timestamp = Timestamp()
        return String(decoding: [UInt8](capacity: 24) { timestamp.append(self, to: &$0) }, as: UTF8.self)
    }

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
            let day = number(8..<10), let hour = number(11..<13), hour < 24, let minute = number(14..<16), minute < 60,
            let second = number(17..<19), second < 60, let millisecond = number(20..<23)
        else { return nil }
        let date = CalendarDate(year: year, month: month, day: day)
        // A day that the month does not have becomes one of the next month.
        guard CalendarDate(daysSince1970: date.daysSince1970) == date else { return nil }
        let seconds = date.daysSince1970 * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        self.init(milliseconds: seconds * 1000 + Int64(millisecond))
    }
}
