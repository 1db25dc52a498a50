internal import EdgeCore

/// Durations as the configuration writes them: `250ms`, `3s`, `5m`, `24h`.
enum Duration {
    private static let units = UnitText.durations

    static let suggestion = #"Write a number and a unit: "250ms", "3s", "5m", "24h"."#

    static func read(_ text: String, in range: ClosedRange<Instant.Span>) throws(Complaint) -> Instant.Span {
        guard let (number, unit) = UnitText.split(text), let factor = UnitText.value(of: unit, in: units) else {
            throw Complaint("\(text.quoted) is not a duration.", suggestion)
        }
        let (nanoseconds, overflow) = Int64(number).multipliedReportingOverflow(by: factor)
        guard !overflow, range.contains(.nanoseconds(nanoseconds)) else {
            throw Complaint(
                "\(text.quoted) is out of range.",
                "Write \(self.text(range.lowerBound).quoted) to \(self.text(range.upperBound).quoted).")
        }
        return .nanoseconds(nanoseconds)
    }

    /// `span` in the largest unit that divides it; no smaller than a millisecond.
    static func text(_ span: Instant.Span) -> String {
        guard span.nanoseconds > 0 else { return "0s" }
        let unit = units.last { span.nanoseconds % $0.value == 0 } ?? units[0]
        return "\(span.nanoseconds / unit.value)\(unit.name)"
    }
}

/// Sizes as the configuration writes them: `512B`, `32KiB`, `1MiB`, `2GiB`; without a unit, bytes.
enum ByteCount {
    private static let units: [(name: String, value: Int)] = [
        ("", 1), ("B", 1), ("KiB", 1024), ("MiB", 1024 * 1024), ("GiB", 1024 * 1024 * 1024),
    ]

    /// What people write for a unit, in lower case, and the unit that they mean.
    private static let otherSpellings: [(name: String, value: String)] = [
        ("b", "B"), ("k", "KiB"), ("kb", "KiB"), ("kib", "KiB"), ("m", "MiB"), ("mb", "MiB"), ("mib", "MiB"),
        ("g", "GiB"), ("gb", "GiB"), ("gib", "GiB"),
    ]

    static let suggestion = #"Write a number and a unit: "512B", "32KiB", "1MiB"."#

    static func read(_ text: String, in range: ClosedRange<Int>) throws(Complaint) -> Int {
        guard let (number, unit) = UnitText.split(text) else {
            throw Complaint("\(text.quoted) is not a size.", suggestion)
        }
        guard let factor = UnitText.value(of: unit, in: units) else {
            let letters = unit.utf8.drop { $0 == UInt8(ascii: " ") }.map(\.asciiLowercased)
            guard let meant = UnitText.value(of: String(decoding: letters, as: UTF8.self), in: otherSpellings) else {
                throw Complaint("\(text.quoted) is not a size.", suggestion)
            }
            throw Complaint("\(text.quoted) is not a size: units are B, KiB, MiB, GiB.", "Write \"\(number)\(meant)\".")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, range.contains(bytes) else {
            throw Complaint(
                "\(text.quoted) is out of range.",
                "Write \(self.text(range.lowerBound).quoted) to \(self.text(range.upperBound).quoted).")
        }
        return bytes
    }

    /// `bytes` in the largest unit that divides it.
    static func text(_ bytes: Int) -> String {
        let unit = units.last { bytes > 0 && bytes % $0.value == 0 } ?? units[1]
        return "\(bytes / unit.value)\(unit.name)"
    }
}

/// Rates as the configuration writes them: `20/s`, `100/m`, `1000/h`.
enum Rate {
    private static let units: [(name: String, value: Double)] = [("/s", 1), ("/m", 60), ("/h", 3600)]

    static let suggestion = #"Write a whole number and a unit: "20/s", "100/m", "1000/h"."#

    /// - Returns: how many a second.
    static func read(_ text: String) throws(Complaint) -> Double {
        guard let (number, unit) = UnitText.split(text), let seconds = UnitText.value(of: unit, in: units) else {
            throw Complaint("\(text.quoted) is not a rate.", suggestion)
        }
        guard (1...1_000_000).contains(number) else {
            throw Complaint("\(text.quoted) is out of range.", "Write 1 to 1000000, then the unit: \"20/s\".")
        }
        return Double(number) / seconds
    }
}
