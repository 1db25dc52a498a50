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
        guard let end = endOfHead(in: bytes, from: start) else { return .incomplete }
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
                line[..<colon].allSatisfy(PlainText.isToken), line[colon...].allSatisfy(PlainText.isFieldText)
            else { return .invalid }
            head.fields.append((PlainText.lowercasedText(line[..<colon]), PlainText.trimmed(line[(colon + 1)...])))
        }
        return .head(head)
    }

    private static func endOfHead(in bytes: [UInt8], from start: Int) -> Int? {
        guard start + 4 <= bytes.count else { return nil }
        for end in start + 4...bytes.count
        where bytes[end - 1] == 10 && bytes[end - 2] == 13 && bytes[end - 3] == 10 && bytes[end - 4] == 13 {
            return end
        }
        return nil
    }

    private init(startLine: [UInt8], end: Int) { (self.startLine, self.end) = (startLine, end) }

    /// The values of all lines of a field.
    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }

    /// Whether `Connection` says that this message is the last.
    var saysClose: Bool {
        values("connection").contains { value in
            value.split(separator: UInt8(ascii: ",")).contains {
                PlainText.lowercasedText(PlainText.trimmed($0)) == "close"
            }
        }
    }
}
