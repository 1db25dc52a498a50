/// A value that holds no others.
package enum JSONScalar: Hashable, Sendable {
    case string(hasEscapes: Bool)
    case number
    case `true`
    case `false`
    case null
}

/// Is told what a ``JSONScanner`` finds, in the order of the text. Offsets count bytes from the text's start.
package protocol JSONVisitor {
    mutating func beginObject(at offset: Int)
    /// A member's name; its value follows.
    mutating func name(_ name: JSONString)
    /// `end` is the offset behind the closing brace.
    mutating func endObject(end: Int)
    mutating func beginArray(at offset: Int)
    mutating func endArray(end: Int)
    /// - Parameter range: the whole value; for a string with its quotes.
    mutating func scalar(_ scalar: JSONScalar, range: Range<Int>)
}
