internal import EdgeCore

/// Plunk's keys in a text: secret ones have no business in a configuration, and none is ever printed.
enum SecretKey {
    /// Whether `text` holds a secret key, as it is looked for in requests where nothing but a key belongs.
    static func isContained(in text: String) -> Bool {
        SecretKeySearch.find(in: Array(text.utf8)[...], .keyPlace) != nil
    }

    /// `text` as it may be shown: of keys only the prefix, of long hexadecimal numbers the beginning, of URLs no
    /// user information.
    static func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            let prefix = rest.prefix(3)
            let isKey = prefix.equalsIgnoringCase("sk_") || prefix.equalsIgnoringCase("pk_")
            if isKey, beginsWord(at: index, in: bytes) {
                output += rest.prefix(3)
                index = rest.dropFirst(3).firstIndex { !$0.isTokenCharacter } ?? bytes.endIndex
                output += "...".utf8
            } else if rest.prefix(24).count(where: { $0.hexDigitValue != nil }) == 24 {
                output += rest.prefix(4)
                index = rest.firstIndex { $0.hexDigitValue == nil } ?? bytes.endIndex
                output += "...".utf8
            } else if rest.starts(with: "//".utf8), let at = userInformationEnd(in: rest) {
                output += "//...".utf8
                index = at
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func beginsWord(at index: Int, in bytes: [UInt8]) -> Bool {
        guard index > bytes.startIndex else { return true }
        let before = bytes[index - 1]
        return !(before.isASCIIDigit || before.isASCIILetter)
    }

    /// The index of the `@` that ends the user information of a URL whose `//` starts `text`.
    private static func userInformationEnd(in text: Bytes) -> Int? {
        let authority = text.dropFirst(2).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: " ") }
        return authority.lastIndex(of: UInt8(ascii: "@"))
    }
}

extension String {
    /// In quotes for a message, not longer than a line.
    var quoted: String { quoted(limit: 60) }

    /// In quotes for a message; paths are shown whole, up to what the system takes as one (PATH_MAX).
    var quotedPath: String { quoted(limit: 4096) }

    /// Without control characters, keys cut down to their prefix.
    private func quoted(limit: Int) -> String {
        let scalars = SecretKey.redacted(self).unicodeScalars
        return "\"\(String(scalars.prefix(limit)).printable)\(scalars.count > limit ? "..." : "")\""
    }

    /// With `\u{1b}` for what a terminal would obey or a reader not see.
    var printable: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
