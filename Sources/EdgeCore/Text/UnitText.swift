/// A number and the unit behind it, as people write durations, sizes and rates: `250ms`.
package enum UnitText {
    /// `250` and `ms`. Nil where there are no digits or too many.
    package static func split(_ text: String) -> (number: Int, unit: String)? {
        let digits = text.utf8.prefix { $0.isASCIIDigit }
        guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        return (number, String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self))
    }

    /// Compares bytes: `==` of strings takes the sign for kelvin for a K.
    package static func value<Value>(of unit: String, in units: [(name: String, value: Value)]) -> Value? {
        units.first { $0.name.utf8.elementsEqual(unit.utf8) }?.value
    }

    /// Nanoseconds of the units of durations.
    package static let durations: [(name: String, value: Int64)] = [
        ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
}
