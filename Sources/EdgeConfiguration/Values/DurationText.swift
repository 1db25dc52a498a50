internal import EdgeCore

/// Durations as the configuration writes them: `250ms`, `3s`, `5m`, `24h`.
enum DurationText {
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
