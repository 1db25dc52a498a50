internal import EdgeCore

/// Rates as the configuration writes them: `20/s`, `100/m`, `1000/h`.
enum RateText {
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
