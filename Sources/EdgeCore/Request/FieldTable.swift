/// The values of a request's header fields that the edge looks at, found by name at once: where each stands in the
/// request's bytes. A field that came twice is here twice.
struct FieldTable: Sendable {
    /// The first line of each field: the offset where its value begins in the upper half, the one where it ends in the
    /// lower; 0 where the field did not come. A head is smaller than 4 GiB.
    private var first: [UInt64] = []
    /// The other lines of fields that came more than once, in the order they came.
    private var further: [(name: FieldName, value: Range<Int>)] = []

    init() {
        first.append(addingCapacity: FieldName.count) { places in
            for _ in 0..<FieldName.count { places.append(0) }
        }
    }

    mutating func append(_ name: FieldName, _ value: Range<Int>) {
        if self[name] == nil {
            first[Int(name.rawValue)] =
                UInt64(truncatingIfNeeded: value.lowerBound) << 32 | UInt64(truncatingIfNeeded: value.upperBound)
        } else {
            further.append((name, value))
        }
    }

    /// The value of a field's first line; nil if it did not come.
    subscript(_ name: FieldName) -> Range<Int>? {
        let place = first[Int(name.rawValue)]
        return place == 0 ? nil : Int(place >> 32)..<Int(place & 0xFFFF_FFFF)
    }

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
