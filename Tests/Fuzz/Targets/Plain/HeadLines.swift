import EdgeCore

/// A request's head, read once more by cutting it into lines.
struct HeadLines {
    let method: [UInt8]
    let path: [UInt8]
    let fields: [(name: String, value: [UInt8])]

    /// - Parameter text: what the reader took for a head.
    init?(_ text: [UInt8]) {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for byte in text {
            line.append(byte)
            if line.suffix(2).elementsEqual([0x0D, 0x0A]) {
                lines.append(line.dropLast(2))
                line = []
            }
        }
        guard line.isEmpty, let request = lines.first, lines.count >= 2, lines.last == [],
            lines.firstIndex(of: []) == lines.count - 1
        else { return nil }
        let words = request.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(Self.isTokenCharacter), !words[1].isEmpty,
            words[1].allSatisfy({ (0x21...0x7E).contains($0) }),
            words[2] == Array("HTTP/1.1".utf8) || words[2] == Array("HTTP/1.0".utf8)
        else { return nil }
        var fields: [(name: String, value: [UInt8])] = []
        for line in lines.dropFirst().dropLast() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
            let (name, value) = (line[..<colon], line[(colon + 1)...])
            guard name.allSatisfy(Self.isTokenCharacter),
                value.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 })
            else { return nil }
            let trimmed = value.drop(while: Self.isBlank).reversed().drop(while: Self.isBlank).reversed()
            fields.append((String(decoding: PlainKeys.lowercased(Array(name)), as: UTF8.self), Array(trimmed)))
        }
        method = words[0]
        path = Array(words[1].prefix { $0 != UInt8(ascii: "?") })
        self.fields = fields
    }

    /// The values of all lines of a field.
    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }

    /// The framing that the fields allow; nil where they contradict each other or themselves.
    var framing: RequestHead.BodyFraming? {
        let (lengths, codings) = (values("content-length"), values("transfer-encoding"))
        if codings.isEmpty, lengths.isEmpty { return RequestHead.BodyFraming.none }
        if codings.count == 1, lengths.isEmpty {
            return PlainKeys.lowercased(codings[0]) == Array("chunked".utf8) ? .chunked : nil
        }
        guard codings.isEmpty, lengths.count == 1, let length = Int(String(decoding: lengths[0], as: UTF8.self)),
            Array("\(length)".utf8) == lengths[0], length >= 0
        else { return nil }
        return .length(length)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        PlainKeys.isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
