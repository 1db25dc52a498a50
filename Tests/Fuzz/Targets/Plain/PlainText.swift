/// Bytes and characters, said as plainly as possible.
enum PlainText {
    static func isDigit(_ byte: UInt8) -> Bool { "0123456789".utf8.contains(byte) }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8.contains(byte)
    }

    /// Of names and methods (RFC 9110, section 5.6.2).
    static func isToken(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte) }

    static func isFieldText(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 32 && byte != 127) }

    static func trimmed(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let front = bytes.drop { $0 == 32 || $0 == 9 }
        return Array(Array(front.reversed().drop { $0 == 32 || $0 == 9 }).reversed())
    }

    /// Letters of ASCII only.
    static func lowercased(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }
    }

    static func lowercasedText(_ bytes: some Collection<UInt8>) -> String { text(lowercased(bytes)) }

    /// Each byte as one character (ISO 8859-1), so that nothing is taken for something else.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
        return text
    }

    /// A number of decimal digits and nothing else; nil if it is none, or too long to be one.
    static func number(_ bytes: some Collection<UInt8>, atMost digits: Int = 15) -> Int? {
        guard 1...digits ~= bytes.count, bytes.allSatisfy(isDigit) else { return nil }
        return Int(text(bytes))
    }
}
