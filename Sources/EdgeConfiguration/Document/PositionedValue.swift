/// A value of the configuration file and where it stands, so that whatever is wrong with it can be pointed at.
struct PositionedValue {
    struct Member {
        var name: String
        /// The offset of the name's opening quote.
        var offset: Int
        var value: PositionedValue
    }

    enum Content {
        case object([Member])
        case array([PositionedValue])
        case string(String)
        /// As it is written.
        case number(String)
        case boolean(Bool)
        case null
    }

    var content: Content
    /// Its bytes in the file; of a string with the quotes.
    var range: Range<Int>

    var offset: Int { range.lowerBound }

    /// What it is, for a message: of strings nothing is quoted, they may be keys.
    var kind: String {
        switch content {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number(let text): text.utf8.count <= 20 ? "the number \(text)" : "a number"
        case .boolean(let value): "\(value)"
        case .null: "null"
        }
    }
}
