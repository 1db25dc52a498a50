/// UTF-8 that may be broken, read once more with the standard library's own check.
enum BrokenText {
    /// The characters of `bytes` one after the other; nil stands for a byte that belongs to none.
    static func characters(_ bytes: [UInt8]) -> [(scalar: Unicode.Scalar?, length: Int)] {
        var characters: [(Unicode.Scalar?, Int)] = []
        var index = 0
        while index < bytes.count {
            let valid = (1...4).lazy.compactMap { length -> (Unicode.Scalar, Int)? in
                guard index + length <= bytes.count,
                    let text = String(validating: bytes[index..<index + length], as: UTF8.self),
                    text.unicodeScalars.count == 1
                else { return nil }
                return text.unicodeScalars.first.map { ($0, length) }
            }.first
            characters.append(valid.map { ($0.0, $0.1) } ?? (nil, 1))
            index += valid?.1 ?? 1
        }
        return characters
    }

    /// The characters that fit into `limit` bytes, U+FFFD for each byte that belongs to none.
    static func cut(_ bytes: [UInt8], to limit: Int) -> String {
        var text = String.UnicodeScalarView()
        var used = 0
        for (scalar, length) in characters(bytes) {
            used += length
            if used > limit { break }
            text.append(scalar ?? "\u{FFFD}")
        }
        return String(text)
    }

    /// Whether a terminal, a line reader or an eye could be fooled: control characters (C0, DEL, C1), separators of lines
    /// and paragraphs, and marks that turn the direction of text.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: scalar.properties.isBidiControl || scalar == "\u{FEFF}"
        default: false
        }
    }
}
