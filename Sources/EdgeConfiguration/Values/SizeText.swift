internal import EdgeCore

/// Sizes as the configuration writes them: `512B`, `32KiB`, `1MiB`, `2GiB`; without a unit, bytes.
enum SizeText {
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
