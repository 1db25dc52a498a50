/// What the scanner finds in the body of a track request: the members of its top level, in the order of the text.
/// Offsets count bytes from the start of the text that was scanned.
package struct TrackBody: JSONVisitor, Sendable {
    /// One member of the top level.
    package struct Member: Hashable, Sendable {
        package var name: JSONString
        /// The whole value; a string with its quotes.
        package var range: Range<Int>
        package var kind: ValueKind
    }

    /// A value as far as the field checks ask.
    package enum ValueKind: Hashable, Sendable {
        case scalar(JSONScalar)
        case object
        case array

        /// The name of its type.
        package var type: FieldError.ValueType {
            switch self {
            case .scalar(.string): .string
            case .scalar(.number): .number
            case .scalar(.true), .scalar(.false): .boolean
            case .scalar(.null): .null
            case .object: .object
            case .array: .array
            }
        }
    }

    /// What the whole text is; nil before anything was scanned.
    package private(set) var topLevel: ValueKind?
    package private(set) var members: [Member] = []

    private var depth = 0
    private var name: JSONString?
    private var start = 0

    package init() {}

    package mutating func beginObject(at offset: Int) { begin(.object, at: offset) }

    package mutating func beginArray(at offset: Int) { begin(.array, at: offset) }

    package mutating func endObject(end: Int) { self.end(.object, at: end) }

    package mutating func endArray(end: Int) { self.end(.array, at: end) }

    package mutating func name(_ name: JSONString) {
        if depth == 1 { self.name = name }
    }

    package mutating func scalar(_ scalar: JSONScalar, range: Range<Int>) {
        if depth == 0 { topLevel = .scalar(scalar) }
        if depth == 1 { add(.scalar(scalar), range: range) }
    }

    private mutating func begin(_ kind: ValueKind, at offset: Int) {
        if depth == 0 { topLevel = kind }
        if depth == 1 { start = offset }
        depth += 1
    }

    private mutating func end(_ kind: ValueKind, at end: Int) {
        depth -= 1
        if depth == 1 { add(kind, range: start..<end) }
    }

    /// Elements of an array have no name and are none of our business.
    private mutating func add(_ kind: ValueKind, range: Range<Int>) {
        guard let name = name.take() else { return }
        if members.isEmpty { members.reserveCapacity(4) }
        members.append(Member(name: name, range: range, kind: kind))
    }
}
