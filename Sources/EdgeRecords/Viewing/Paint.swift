/// Colours a text, where that is wanted (ECMA-48, section 8.3.117).
struct Paint {
    enum Colour: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case none = ""
    }

    let isColoured: Bool

    func callAsFunction(_ text: String, _ colour: Colour) -> String {
        isColoured && colour != .none && !text.isEmpty ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension Paint.Colour {
    /// How an answer fared; nil for a client that got none.
    init(status: Int?) {
        self =
            switch status {
            case (200..<300)?: .green
            case (500...)?: .red
            case .some: .yellow
            case nil: .dim
            }
    }
}
