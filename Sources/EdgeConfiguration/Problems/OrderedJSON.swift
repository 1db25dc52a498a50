private import EdgeCore

/// A JSON value whose members keep their order, to be written.
indirect enum OrderedJSON: Sendable, Hashable {
    struct Member: Sendable, Hashable {
        var name: String
        var value: OrderedJSON
    }

    case string(String)
    case number(Int)
    case boolean(Bool)
    case null
    case array([OrderedJSON])
    case object([Member])

    /// The value indented by two spaces a level; what fits on a line of 100 characters stands on one.
    var text: String { text(indentation: "", width: 100) }

    private func text(indentation: String, width: Int) -> String {
        let line = compact
        if indentation.utf8.count + line.utf8.count <= width, !holdsObjects { return line }
        let inner = indentation + "  "
        let items: [String]
        let brackets: (String, String)
        switch self {
        case .string, .number, .boolean, .null: return line
        case .array(let elements):
            items = elements.map { $0.text(indentation: inner, width: width) }
            brackets = ("[", "]")
        case .object(let members):
            items = members.map { "\(Self.quoted($0.name)): \($0.value.text(indentation: inner, width: width))" }
            brackets = ("{", "}")
        }
        return "\(brackets.0)\n\(inner)\(items.joined(separator: ",\n\(inner)"))\n\(indentation)\(brackets.1)"
    }

    /// Whether members or elements are objects that are not empty themselves.
    private var holdsObjects: Bool {
        switch self {
        case .string, .number, .boolean, .null: false
        case .array(let elements): elements.contains(where: \.isFilledObject)
        case .object(let members): members.contains { $0.value.isFilledObject || $0.value.holdsObjects }
        }
    }

    private var isFilledObject: Bool {
        if case .object(let members) = self { !members.isEmpty } else { false }
    }

    /// The value on one line.
    var compact: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .null: "null"
        case .array(let elements): "[\(elements.map(\.compact).joined(separator: ", "))]"
        case .object(let members):
            members.isEmpty
                ? "{}" : "{ \(members.map { "\(Self.quoted($0.name)): \($0.value.compact)" }.joined(separator: ", ")) }"
        }
    }

    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, OrderedJSON)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
}
