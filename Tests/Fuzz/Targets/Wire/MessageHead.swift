/// The head of an HTTP/1.1 message as whoever knows only RFC 9112 would read it: slowly, strictly, and with nothing of
/// the edge's. The targets hold what the edge reads and writes against it.
struct MessageHead {
    enum Reading {
        case head(MessageHead)
        /// The empty line has not come.
        case incomplete
        case invalid
    }

    let startLine: [UInt8]
    /// Names in lower case.
    private(set) var fields: [(name: String, value: [UInt8])] = []
    /// Where the body begins.
    let end: Int

    /// Reads the head that begins at `start`.
    static func read(_ bytes: [UInt8], from start: Int = 0) -> Reading {
        guard let end = WireText.endOfHead(in: bytes, from: start) else { return .incomplete }
        var lines: [[UInt8]] = [[]]
        var index = start
        while index < end - 2 {
            if bytes[index] == 0x0D, bytes[index + 1] == 0x0A {
                lines.append([])
                index += 2
            } else {
                guard bytes[index] != 0x0D, bytes[index] != 0x0A else { return .invalid }
                lines[lines.count - 1].append(bytes[index])
                index += 1
            }
        }
        var head = MessageHead(startLine: lines[0], end: end)
        // The last one is empty: it stands before the empty line.
        for line in lines.dropFirst().dropLast() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
                line[..<colon].allSatisfy(WireText.isToken), line[colon...].allSatisfy(WireText.isFieldText)
            else { return .invalid }
            head.fields.append((WireText.lowercased(line[..<colon]), WireText.trimmed(line[(colon + 1)...])))
        }
        return .head(head)
    }

    private init(startLine: [UInt8], end: Int) { (self.startLine, self.end) = (startLine, end) }

    /// The values of all lines of a field.
    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }

    /// Whether `Connection` says that this message is the last.
    var saysClose: Bool {
        values("connection").contains { value in
            value.split(separator: UInt8(ascii: ",")).contains {
                WireText.lowercased(WireText.trimmed($0)) == "close"
            }
        }
    }
}

/// Bytes and characters, said as plainly as possible.
enum WireText {
    static func endOfHead(in bytes: [UInt8], from start: Int) -> Int? {
        guard start + 4 <= bytes.count else { return nil }
        for end in start + 4...bytes.count
        where bytes[end - 1] == 10 && bytes[end - 2] == 13 && bytes[end - 3] == 10 && bytes[end - 4] == 13 {
            return end
        }
        return nil
    }

    static func isDigit(_ byte: UInt8) -> Bool { "0123456789".utf8.contains(byte) }

    static func isToken(_ byte: UInt8) -> Bool {
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8.contains(byte)
    }

    static func isFieldText(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 32 && byte != 127) }

    static func trimmed(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let front = bytes.drop { $0 == 32 || $0 == 9 }
        return Array(Array(front.reversed().drop { $0 == 32 || $0 == 9 }).reversed())
    }

    /// For ASCII; other bytes become characters of their own.
    static func lowercased(_ bytes: some Collection<UInt8>) -> String {
        text(bytes.map { (65...90).contains($0) ? $0 + 32 : $0 })
    }

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

    /// Whether a key that begins with `prefix` (`sk_`) stands somewhere: at the start of a word, with at least six
    /// characters of a key behind it, in any letter case.
    static func holdsKey(_ prefix: String, in bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        let isWord = { (byte: UInt8) in isToken(byte) && (isDigit(byte) || (65...90).contains(byte & 0xDF)) }
        let prefix = Array(prefix.utf8)
        guard bytes.count >= prefix.count + 6 else { return false }
        for start in 0...bytes.count - prefix.count - 6 where bytes[start] | 32 == prefix[0] {
            guard bytes[start + 1] | 32 == prefix[1], bytes[start + 2] == prefix[2] else { continue }
            guard start == 0 || !isWord(bytes[start - 1]) else { continue }
            let key = bytes[(start + 3)..<(start + 9)]
            if key.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }) { return true }
        }
        return false
    }
}
