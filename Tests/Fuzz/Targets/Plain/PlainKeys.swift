import Foundation

/// The search for keys, written once more and plainly: every place is looked at, every spelling is resolved until nothing
/// is left to resolve.
enum PlainKeys {
    /// More rounds of percent-encoding than this are not resolved: each costs a pass over the text.
    private static let mostRounds = 48

    /// Whether a key of one of these prefixes stands in `text`, clear or percent-encoded, with `minimum` characters
    /// behind it, or 48 hexadecimal digits where it stands in the middle of a word. Nil where it is encoded too often to find out.
    static func contains(_ prefixes: [String], in text: [UInt8], minimum: Int = 6) -> Bool? {
        if containsClear(prefixes, in: text, minimum: minimum) { return true }
        return percentResolved(text).map { containsClear(prefixes, in: $0, minimum: minimum) }
    }

    /// The same for HTTP's Basic scheme, decoded.
    static func containsInBasic(_ prefixes: [String], in value: [UInt8]) -> Bool {
        guard PlainText.lowercasedText(value.prefix(6)) == "basic " else { return false }
        let text = value.dropFirst(6).drop { $0 == UInt8(ascii: " ") }.prefix { $0 != UInt8(ascii: "=") }
        let digits = text.filter { PlainText.isLetterOrDigit($0) || "+/-_".utf8.contains($0) }
        var standard = String(decoding: digits, as: UTF8.self).replacing("-", with: "+").replacing("_", with: "/")
        if standard.utf8.count % 4 == 1 { standard.removeLast() }
        while standard.utf8.count % 4 != 0 { standard += "=" }
        guard let decoded = Data(base64Encoded: standard) else { return false }
        return containsClear(prefixes, in: [UInt8](decoded), minimum: 0)
    }

    static func percentResolved(_ text: [UInt8]) -> [UInt8]? {
        var text = text
        for _ in 0..<mostRounds {
            var resolved: [UInt8] = []
            var index = 0
            while index < text.count {
                if text[index] == UInt8(ascii: "%"), index + 2 < text.count,
                    let byte = hexadecimal(text[index + 1], text[index + 2])
                {
                    resolved.append(byte)
                    index += 3
                } else {
                    resolved.append(text[index])
                    index += 1
                }
            }
            if resolved.count == text.count { return text }
            text = resolved
        }
        return nil
    }

    /// The same for a text as it stands there.
    static func containsClear(_ prefixes: [String], in text: [UInt8], minimum: Int = 6) -> Bool {
        let text = PlainText.lowercased(text)
        for index in text.indices where prefixes.contains(where: { text[index...].starts(with: $0.utf8) }) {
            let key = text[(index + 3)...].prefix(while: isKeyCharacter)
            let before = text[..<index].suffix(minimum == 0 ? 0 : 16)
            let isInRandomText = before.count == 16 && before.allSatisfy(isKeyCharacter)
            let beginsWord = index == 0 || !PlainText.isLetterOrDigit(text[index - 1]) && !isInRandomText
            if beginsWord ? key.count >= minimum : key.count >= 48 && key.prefix(48).allSatisfy(isDigit) { return true }
        }
        return false
    }

    private static func hexadecimal(_ high: UInt8, _ low: UInt8) -> UInt8? {
        let digits = Array("0123456789abcdef".utf8)
        let pair = PlainText.lowercased([high, low])
        guard let first = digits.firstIndex(of: pair[0]), let second = digits.firstIndex(of: pair[1]) else {
            return nil
        }
        return UInt8(first * 16 + second)
    }

    /// In lower case.
    private static func isDigit(_ byte: UInt8) -> Bool { "0123456789abcdef".utf8.contains(byte) }

    static func isKeyCharacter(_ byte: UInt8) -> Bool {
        PlainText.isLetterOrDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
