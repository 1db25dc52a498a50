/// What an error says to people: nearly always a constant, which costs nothing to pass on, else words made for one
/// answer.
package enum AnswerText: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    case constant(StaticString)
    case made(String)

    package init(stringLiteral value: StaticString) { self = .constant(value) }

    package var description: String {
        switch self {
        case .constant(let text): text.description
        case .made(let text): text
        }
    }

    /// Bytes in UTF-8.
    var count: Int {
        switch self {
        case .constant(let text): text.utf8CodeUnitCount
        case .made(let text): text.utf8.count
        }
    }

    /// Appends it as a JSON string.
    func append(to output: inout OutputSpan<UInt8>) {
        switch self {
        case .constant(let text):
            JSONText.appendString(
                UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), to: &output)
        case .made(let text): JSONText.appendString(text, to: &output)
        }
    }
}
