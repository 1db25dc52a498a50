/// Reads the head of an HTTP/1.1 request, whole, strictly (RFC 9112): what two readers could read differently is an
/// error. Lines end in CR LF, names are tokens directly followed by a colon, nothing is folded, there is one Host, and
/// the body's framing is beyond doubt.
struct RequestHeadParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    /// - Parameters:
    ///   - bytes: from the request line up to and with the empty line.
    ///   - maximumFields: how many field lines there may be.
    static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, maximumFields: Int
    ) throws(RequestFailure) -> RequestHead {
        var parser = RequestHeadParser(bytes: bytes)
        return try parser.head(maximumFields: maximumFields)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func head(maximumFields: Int) throws(RequestFailure) -> RequestHead {
        let method = try token(endingIn: 0x20)
        let (target, path) = try target()
        let version = try version()
        var fields: [RequestHead.Field] = []
        fields.reserveCapacity(12)
        var lines = 0
        while bytes[index] != 0x0D {
            lines += 1
            guard lines <= maximumFields else { throw .headerTooLarge }
            let (name, value) = try field()
            if let name { fields.append(RequestHead.Field(name: name, value: value)) }
        }
        guard index == bytes.count - 2 else { throw .malformed("A CR stands without its LF.") }
        let framing = try RequestFraming(bytes, fields: fields, version: version)
        return RequestHead(
            storage: Array(bytes), methodRange: method, targetRange: target, pathRange: path, fields: fields,
            version: version, framing: framing.body, expectsContinue: framing.expectsContinue,
            isKeepAlive: framing.isKeepAlive)
    }

    /// A token and the byte behind it, which is skipped.
    private mutating func token(endingIn end: UInt8) throws(RequestFailure) -> Range<Int> {
        let start = index
        while bytes[index].isTokenCharacter { index += 1 }
        guard index > start, bytes[index] == end else { throw .malformed("The request line is malformed.") }
        index += 1
        return start..<index - 1
    }

    /// The request target, and the part of it before the query.
    private mutating func target() throws(RequestFailure) -> (Range<Int>, path: Range<Int>) {
        let start = index
        while bytes[index].isVisible, bytes[index] != UInt8(ascii: "?") { index += 1 }
        let pathEnd = index
        while bytes[index].isVisible { index += 1 }
        guard index > start, bytes[index] == 0x20 else {
            throw .malformed("The request target is malformed: only visible ASCII may stand in it.")
        }
        index += 1
        return (start..<index - 1, start..<pathEnd)
    }

    private mutating func version() throws(RequestFailure) -> RequestHead.Version {
        let line = bytes[index...].prefix(10)
        let version: RequestHead.Version
        if line.equals("HTTP/1.1\r\n") {
            version = .http1_1
        } else if line.equals("HTTP/1.0\r\n") {
            version = .http1_0
        } else {
            throw .malformed("The request line does not end in HTTP/1.1.")
        }
        index += 10
        return version
    }

    /// One field line and its end.
    private mutating func field() throws(RequestFailure) -> (FieldName?, Range<Int>) {
        guard let lineFeed = ByteSearch.first(0x0A, in: bytes, from: index), bytes[lineFeed - 1] == 0x0D else {
            throw .malformed("A line ends in a bare LF.")
        }
        do throws(FieldLine.Failure) {
            let line = try FieldLine(bytes, in: index..<lineFeed - 1)
            index = lineFeed + 1
            return (FieldName(UnsafeBufferPointer(rebasing: bytes[line.name])), line.value)
        } catch {
            switch error {
            case .name: throw .malformed("A header field's name is malformed.")
            case .value: throw .malformed("A header field holds a control character.")
            }
        }
    }
}
