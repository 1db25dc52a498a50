/// A JSON value before it is text; strings and numbers hold the text they become.
indirect enum GeneratedJSON {
    case literal(String)
    case number(String)
    case string(String)
    case array([GeneratedJSON])
    case object([(name: String, value: GeneratedJSON)])
}

/// Makes values and texts that a strict reader accepts, the same in every run.
struct JSONGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let pieces = [
        "a", "b", "event", "email", " ", "[", "}", ",", ":", "é", "€", "😀", "\u{7F}", "\u{2028}", "\\n", "\\\"", "\\\\",
        "\\/", "\\u0041", "\\u00e9", "\\u0000", "\\ud83d\\ude00", "0", "-1",
    ]
    /// Few digits: Foundation's reading of more than 16 may differ in the last.
    private static let numbers = [
        "0", "-0", "1", "-1", "42", "3.5", "-0.25", "1e3", "1E-3", "12.5e+1", "1234567", "0.1", "123456.789",
    ]
    private static let spaces = ["", "", " ", "\n", "\t", "\r\n  "]

    /// A value not deeper than `depth` containers.
    mutating func value(depth: Int = 5) -> GeneratedJSON {
        let size = Int.random(in: 0...4, using: &random)
        switch Int.random(in: 0..<(depth > 0 ? 6 : 3), using: &random) {
        case 0: return .literal(["true", "false", "null"].randomElement(using: &random) ?? "null")
        case 1: return .number(Self.numbers.randomElement(using: &random) ?? "0")
        case 2: return .string(string())
        case 3: return .array((0..<size).map { _ in value(depth: depth - 1) })
        default:
            // A number at each name's start keeps them apart.
            return .object((0..<size).map { ("\($0)" + string(), value(depth: depth - 1)) })
        }
    }

    private mutating func string() -> String {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
            .joined()
    }

    mutating func text(of value: GeneratedJSON, spacing: Bool) -> [UInt8] {
        var text: [UInt8] = []
        write(value, spacing: spacing, to: &text)
        return text
    }

    private mutating func write(_ value: GeneratedJSON, spacing: Bool, to text: inout [UInt8]) {
        token("", spacing, &text)
        switch value {
        case .literal(let literal), .number(let literal): token(literal, spacing, &text)
        case .string(let string): token("\"\(string)\"", spacing, &text)
        case .array(let elements):
            token("[", spacing, &text)
            for (index, element) in elements.enumerated() {
                if index > 0 { token(",", spacing, &text) }
                write(element, spacing: spacing, to: &text)
            }
            token("]", spacing, &text)
        case .object(let members):
            token("{", spacing, &text)
            for (index, member) in members.enumerated() {
                if index > 0 { token(",", spacing, &text) }
                token("\"\(member.name)\"", spacing, &text)
                token(":", spacing, &text)
                write(member.value, spacing: spacing, to: &text)
            }
            token("}", spacing, &text)
        }
    }

    private mutating func token(_ token: String, _ spacing: Bool, _ text: inout [UInt8]) {
        text += token.utf8
        if spacing { text += (Self.spaces.randomElement(using: &random) ?? "").utf8 }
    }
}
