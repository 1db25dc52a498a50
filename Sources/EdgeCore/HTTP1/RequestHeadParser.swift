/// Reads the head of an HTTP/1.1 request, whole, strictly (RFC 9112): what two readers could read differently is an
/// error. Lines end in CR LF, names are tokens directly followed by a colon, nothing is folded, there is one Host, and
/// the body's framing is beyond doubt.
struct RequestHeadParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    /// - Parameters:
    ///   - bytes: from the request line on.
    ///   - maximumFields: how many field lines there may be.
    /// - Returns: the head and the offset behind it; nil while its empty line has not come.
    static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, maximumFields: Int
    ) throws(RequestFailure) -> (RequestHead, end: Int)? {
        var parser = RequestHeadParser(bytes: bytes)
        return try parser.head(maximumFields: maximumFields)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func head(maximumFields: Int) throws(RequestFailure) -> (RequestHead, end: Int)? {
        guard let method = try method(), let (target, path) = try target(), let version = try version() else {
            return nil
        }
        var fields = FieldTable()
        var lines = 0
        while true {
            guard index < bytes.count else { return nil }
            if bytes[index] == 0x0D { break }
            lines += 1
            guard lines <= maximumFields else { throw .headerTooLarge }
            guard let line = try fieldLine() else { return nil }
            if let name = FieldName(UnsafeBufferPointer(rebasing: bytes[line.name])) {
                fields.append(name, line.value)
            }
            index = line.end
        }
        guard index + 1 < bytes.count else { return nil }
        guard bytes[index + 1] == 0x0A else { throw .malformed("A CR stands without its LF.") }
        let end = index + 2
        let framing = try RequestFraming(bytes, fields: fields, version: version)
        let head = RequestHead(
            storage: Array(bytes[..<end]), methodRange: method, targetRange: target, pathRange: path, fields: fields,
            version: version, framing: framing.body, expectsContinue: framing.expectsContinue,
            isKeepAlive: framing.isKeepAlive)
        return (head, end)
    }

    // Each of these returns nil where the bytes end too early.

    private mutating func method() throws(RequestFailure) -> Range<Int>? {
        while index < bytes.count, bytes[index].isTokenCharacter { index += 1 }
        guard index < bytes.count else { return nil }
        guard index > 0, bytes[index] == 0x20 else { throw .malformed("The request line is malformed.") }
        defer { index += 1 }
        return 0..<index
    }

    /// The request target, and the part of it before the query.
    private mutating func target() throws(RequestFailure) -> (Range<Int>, path: Range<Int>)? {
        let start = index
        while index < bytes.count, bytes[index].isVisible, bytes[index] != UInt8(ascii: "?") { index += 1 }
        let pathEnd = index
        while index < bytes.count, bytes[index].isVisible { index += 1 }
        guard index < bytes.count else { return nil }
        guard index > start, bytes[index] == 0x20 else {
            throw .malformed("The request target is malformed: only visible ASCII may stand in it.")
        }
        defer { index += 1 }
        return (start..<index, start..<pathEnd)
    }

    private mutating func version() throws(RequestFailure) -> RequestHead.Version? {
        let line = UnsafeBufferPointer(rebasing: bytes[index...].prefix(10))
        let isOld = line.count > 7 && line[7] == UInt8(ascii: "0")
        let expected: StaticString = isOld ? "HTTP/1.0\r\n" : "HTTP/1.1\r\n"
        guard expected.withUTF8Buffer({ $0.starts(with: line) }) else {
            if line.starts(with: "HTTP/2".utf8), bytes.starts(with: "PRI * ".utf8) {
                throw .malformed(
                    "HTTP/2 is spoken over TLS by ALPN, and without TLS by listeners with \"h2c\": true.")
            }
            throw .malformed("The request line does not end in HTTP/1.1.")
        }
        guard line.count == 10 else { return nil }
        index += 10
        return isOld ? .http1_0 : .http1_1
    }

    private func fieldLine() throws(RequestFailure) -> FieldLine? {
        do throws(FieldLine.Failure) {
            return try FieldLine(bytes, at: index)
        } catch {
            switch error {
            case .name: throw .malformed("A header field's name is malformed.")
            case .value: throw .malformed("A header field holds a control character.")
            case .end: throw .malformed("A line ends in a bare LF.")
            }
        }
    }
}
