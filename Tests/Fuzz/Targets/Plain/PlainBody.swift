/// A body that was announced by a head, read by the rules of RFC 9112 and nothing else.
struct PlainBody {
    enum Reading {
        case body(PlainBody)
        case incomplete
        case invalid
    }

    var bytes: [UInt8]
    /// Where what follows begins.
    var end: Int
    /// What a chunked body holds besides its content: bytes of extensions and trailers.
    var overhead = 0

    static func sized(_ count: Int, _ bytes: [UInt8], from start: Int) -> Reading {
        guard bytes.count - start >= count else { return .incomplete }
        return .body(PlainBody(bytes: Array(bytes[start..<start + count]), end: start + count))
    }

    static func chunked(_ bytes: [UInt8], from start: Int) -> Reading {
        var body = PlainBody(bytes: [], end: start)
        while true {
            guard let line = line(bytes, from: body.end) else { return .incomplete }
            let digits = line.prefix { $0 != UInt8(ascii: ";") }
            let rest = line.dropFirst(digits.count)
            guard 1...8 ~= digits.count, let size = Int(PlainText.text(digits), radix: 16),
                digits.allSatisfy(PlainText.isToken), digits.first != UInt8(ascii: "+"),
                digits.first != UInt8(ascii: "-"),
                rest.allSatisfy(PlainText.isFieldText)
            else { return .invalid }
            body.overhead += rest.dropFirst().count
            body.end += line.count + 2
            guard size > 0 else { break }
            guard bytes.count - body.end >= size + 2 else { return .incomplete }
            body.bytes += bytes[body.end..<body.end + size]
            body.end += size + 2
            guard bytes[body.end - 2] == 13, bytes[body.end - 1] == 10 else { return .invalid }
        }
        while true {
            guard let line = line(bytes, from: body.end) else { return .incomplete }
            body.end += line.count + 2
            guard let first = line.first else { return .body(body) }
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            guard PlainText.isToken(first), name.count < line.count, name.allSatisfy(PlainText.isToken),
                line.allSatisfy(PlainText.isFieldText)
            else { return .invalid }
            body.overhead += line.count
        }
    }

    /// The line that begins at `start`, without its CR LF; nil if its end has not come. One that holds a bare CR or LF is
    /// returned with it, and fits nowhere.
    private static func line(_ bytes: [UInt8], from start: Int) -> [UInt8]? {
        guard start + 2 <= bytes.count else { return nil }
        for end in start..<bytes.count - 1 where bytes[end] == 13 && bytes[end + 1] == 10 {
            return Array(bytes[start..<end])
        }
        return nil
    }
}
