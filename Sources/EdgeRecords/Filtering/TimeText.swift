internal import EdgeCore

/// Times as the viewer's options write them.
enum TimeText {
    private static let units = UnitText.durations + [("d", 86_400_000_000_000)]

    /// `250ms`, `3s`, `5m`, `24h`, as the configuration writes them, and `7d`, `0.4s`.
    static func span(_ text: String) -> Instant.Span? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var (whole, thousandths) = (text, Int64(0))
        if parts.count == 2 {
            let digits = parts[1].utf8.prefix { $0.isASCIIDigit }
            guard (1...3).contains(digits.count) else { return nil }
            thousandths = (0..<3).reduce(0) { $0 * 10 + Int64(digits.dropFirst($1).first.map { $0 &- 0x30 } ?? 0) }
            whole = "\(parts[0])\(parts[1].dropFirst(digits.count))"
        }
        guard let (number, unit) = UnitText.split(whole), let factor = UnitText.value(of: unit, in: units) else {
            return nil
        }
        let (nanoseconds, overflow) = Int64(number).multipliedReportingOverflow(by: factor)
        let (sum, overflows) = nanoseconds.addingReportingOverflow(thousandths * (factor / 1000))
        return overflow || overflows ? nil : .nanoseconds(sum)
    }

    /// A span before `now` (`15m`, `15m ago`), or a date with or without a time; UTC where no offset follows.
    static func moment(_ text: String, now: WallTime) -> WallTime? {
        if let span = span(text.hasSuffix(" ago") ? String(text.dropLast(4)) : text) {
            return WallTime(milliseconds: now.milliseconds - span.nanoseconds / 1_000_000)
        }
        var rest = Array(text.utf8)[...]
        guard let year = number(4, &rest), take("-", &rest), let month = number(2, &rest), take("-", &rest),
            let day = number(2, &rest)
        else { return nil }
        var (hour, minute, second, millisecond, offset) = (0, 0, 0, 0, 0)
        if take("T", &rest) || take("t", &rest) || take(" ", &rest) {
            guard let hours = number(2, &rest), take(":", &rest), let minutes = number(2, &rest) else { return nil }
            (hour, minute) = (hours, minutes)
            if take(":", &rest) {
                guard let seconds = number(2, &rest) else { return nil }
                second = seconds
                if take(".", &rest) {
                    let digits = rest.prefix { $0.isASCIIDigit }
                    guard (1...9).contains(digits.count) else { return nil }
                    rest = rest.dropFirst(digits.count)
                    for place in 0..<3 {
                        let digit = digits.dropFirst(place).first.map { Int($0 &- 0x30) } ?? 0
                        millisecond = millisecond * 10 + digit
                    }
                }
            }
            guard let minutes = self.offset(&rest) else { return nil }
            offset = minutes
        }
        guard rest.isEmpty,
            let time = WallTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second,
                millisecond: millisecond)
        else { return nil }
        return WallTime(milliseconds: time.milliseconds - Int64(offset) * 60_000)
    }

    /// Minutes east of UTC; nil for what is no offset.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if rest.isEmpty || take("Z", &rest) || take("z", &rest) { return 0 }
        let isEast = take("+", &rest)
        guard isEast || take("-", &rest), let hours = number(2, &rest), hours < 24 else { return nil }
        _ = take(":", &rest)
        guard let minutes = number(2, &rest), minutes < 60 else { return nil }
        return (hours * 60 + minutes) * (isEast ? 1 : -1)
    }

    private static func number(_ digits: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
        let part = rest.prefix(digits)
        guard part.count == digits, part.allSatisfy(\.isASCIIDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return part.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    }

    private static func take(_ mark: UnicodeScalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, UInt32(first) == mark.value else { return false }
        rest = rest.dropFirst()
        return true
    }
}
