/// The values of a request's header fields that the edge looks at, found by name at once: where each stands in the
/// request's bytes. A field that came twice is here twice.
struct FieldTable: Sendable {
    /// Offsets; both 0 where the field did not come. A head is smaller than 4 GiB.
    private struct Place: Sendable, BitwiseCopyable {
        var start: UInt32 = 0
        var end: UInt32 = 0

        var range: Range<Int>? { end == 0 ? nil : Int(start)..<Int(end) }
    }

    /// The first line of each field.
    private var first = [Place](unsafeUninitializedCapacity: FieldName.count) { places, count in
        places.initialize(repeating: Place())
        count = places.count
    }
    /// The other lines, in the order they came: there are none but of fields that may come in several.
    private var further: [(name: FieldName, value: Range<Int>)] = []

    init() {}

    mutating func append(_ name: FieldName, _ value: Range<Int>) {
        if self[name] == nil {
            first[Int(name.rawValue)] = Place(
                start: UInt32(truncatingIfNeeded: value.lowerBound), end: UInt32(truncatingIfNeeded: value.upperBound))
        } else {
            further.append((name, value))
        }
    }

    /// The value of a field's first line; nil if it did not come.
    subscript(_ name: FieldName) -> Range<Int>? { first[Int(name.rawValue)].range }

    /// How many lines of a field came.
    func lines(of name: FieldName) -> Int {
        guard self[name] != nil else { return 0 }
        return 1 + (further.isEmpty ? 0 : further.count { $0.name == name })
    }

    /// The values of all lines of a field, last line first.
    func reversed(_ name: FieldName) -> [Range<Int>] {
        guard let value = self[name] else { return [] }
        return further.reversed().filter { $0.name == name }.map(\.value) + [value]
    }
}
