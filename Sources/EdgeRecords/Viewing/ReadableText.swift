internal import EdgeCore

/// Numbers and times as the viewer writes them for people.
extension Int {
    /// `1,234,567`.
    var grouped: String {
        let digits = Array(String(magnitude).utf8)
        var text = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.unicodeScalars.append(UnicodeScalar(digit))
        }
        return text
    }

    /// At most six characters: `1,234`, `12k`, `3M`.
    var shortened: String {
        switch self {
        case ..<100_000: grouped
        case ..<10_000_000: "\(self / 1000)k"
        default: "\(self / 1_000_000)M"
        }
    }

    /// `1 record`, `1,234 records`.
    func counted(_ one: String, _ many: String) -> String { "\(grouped) \(self == 1 ? one : many)" }
}

extension WallTime {
    /// `2026-11-23`, UTC.
    var date: String { String(iso8601.prefix(10)) }

    /// `13:39:09`, UTC.
    var timeOfDay: String { String(iso8601.dropFirst(11).prefix(8)) }

    /// `13:39:09.123`, UTC.
    var preciseTimeOfDay: String { String(iso8601.dropFirst(11).prefix(12)) }
}
