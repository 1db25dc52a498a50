/// Makes the head of an HTTP/2 request of its field list, field by field as HPACK gives them (RFC 9113, sections 8.2 and
/// 8.3), as strictly as ``RequestHeadParser`` does for HTTP/1.1: both make the same head, which the same rules judge.
package struct FieldListReader {
    private let maximumSize: Int
    private let maximumFields: Int
    /// The fields as lines of text: what the head's ranges point into, and where secret keys are looked for.
    private var text: [UInt8] = []
    private var fields = FieldTable()
    private var count = 0
    private var hasCookie = false
    private let isTrailers: Bool
    private var method, path, authority: Range<Int>?
    private var hasScheme = false

    /// - Parameters:
    ///   - limits: the same as for HTTP/1.1: all fields together, the request line's parts among them, and their number
    ///     without these.
    ///   - isTrailers: whether the fields stand behind a body, where no pseudo-header field may stand.
    package init(limits: ConnectionSettings, isTrailers: Bool = false) {
        (maximumSize, maximumFields, self.isTrailers) = (limits.headerSize, limits.headerCount, isTrailers)
        text.reserveCapacity(1024)
    }

    /// How many bytes have been taken.
    package var size: Int { text.count }

    /// Takes the next field of the list.
    package mutating func append(name: String, value: String) throws(RequestFailure) {
        let start = text.count
        let nameEnd = start + name.utf8.count
        let value = write(name, value)
        guard text[start] != UInt8(ascii: ":") else { return try pseudo(name, value) }
        countField(isCookie: name == "cookie")
        guard count <= maximumFields, text.count <= maximumSize else { throw .headerTooLarge }
        let known = try text.withUnsafeBufferPointer { text throws(RequestFailure) in
            let name = UnsafeBufferPointer(rebasing: text[start..<nameEnd])
            try Self.checkName(name)
            try Self.checkValue(value, in: text)
            return FieldName(name)
        }
        switch known {
        case .connection, .transferEncoding:
            throw .malformed("A header field of HTTP/1.1's connections stands in an HTTP/2 request.")
        case .some(let known): fields.append(known, value)
        case nil: try checkForeign(name, value)
        }
    }

    /// Clients may cut `Cookie` into as many fields as it has cookies (RFC 9113, section 8.2.3): together they are the one
    /// field that they are in HTTP/1.1.
    private mutating func countField(isCookie: Bool) {
        if !isCookie || !hasCookie { count += 1 }
        hasCookie = hasCookie || isCookie
    }

    /// Writes a field as a line.
    ///
    /// - Returns: where its value stands.
    private mutating func write(_ name: String, _ value: String) -> Range<Int> {
        let size = name.utf8.count + value.utf8.count + 4
        makeRoom(for: size)
        text.append(addingCapacity: size) { line in
            line.append(text: name)
            line.append(": ")
            line.append(text: value)
            line.append("\r\n")
        }
        return text.count - 2 - value.utf8.count..<text.count - 2
    }

    /// Grows like an array, but leaves no key behind.
    private mutating func makeRoom(for size: Int) {
        guard text.capacity - text.count < size else { return }
        var larger: [UInt8] = []
        larger.reserveCapacity(max(2 * text.capacity, text.count + size))
        larger += text
        erase()
        text = larger
    }

    /// Overwrites what has been taken: nobody makes a head of it any more, or a copy has taken its place.
    package func erase() { Erasure.erase(text) }

    /// - Returns: the head of all the fields.
    package mutating func head() throws(RequestFailure) -> RequestHead {
        guard let method, let path, hasScheme else {
            throw .malformed("One of :method, :scheme and :path is missing.")
        }
        try checkAuthority()
        let pathEnd = text[path].firstIndex(of: UInt8(ascii: "?")) ?? path.upperBound
        let fields = fields
        let framing = try text.withUnsafeBufferPointer { bytes throws(RequestFailure) in
            try RequestFraming(bytes, fields: fields, version: .http2)
        }
        return RequestHead(
            storage: text, methodRange: method, targetRange: path, pathRange: path.lowerBound..<pathEnd,
            fields: fields, version: .http2, framing: framing.body, expectsContinue: framing.expectsContinue,
            isKeepAlive: true)
    }

    // MARK: Pseudo-header fields

    private mutating func pseudo(_ name: String, _ value: Range<Int>) throws(RequestFailure) {
        guard !isTrailers else { throw .malformed("A pseudo-header field stands in the trailers.") }
        // They come before the others, each once.
        guard count == 0 else { throw .malformed("A pseudo-header field stands behind the others.") }
        switch name {
        case ":method":
            guard method == nil, !value.isEmpty, text[value].allSatisfy(\.isTokenCharacter) else {
                throw .malformed(":method is malformed.")
            }
            method = value
        case ":path":
            guard value.count <= maximumSize else { throw .targetTooLong }
            // CONNECT, which has no path, is nothing that the edge does; nor is a target with a scheme in it.
            guard path == nil, !value.isEmpty, text[value].allSatisfy(\.isVisible) else {
                throw .malformed(":path is malformed: only visible ASCII may stand in it.")
            }
            path = value
        case ":scheme":
            guard !hasScheme, text[value].equals("https") || text[value].equals("http") else {
                throw .malformed(":scheme is malformed.")
            }
            hasScheme = true
        case ":authority":
            guard authority == nil else { throw .malformed(":authority stands twice.") }
            authority = value
        default: throw .malformed("A pseudo-header field is unknown.")
        }
        guard text.count <= 2 * maximumSize else { throw .headerTooLarge }
    }

    /// `Host` may repeat what :authority says, or stand in its place (RFC 9113, section 8.3.1).
    private mutating func checkAuthority() throws(RequestFailure) {
        guard let authority else { return }
        guard let host = fields[.host] else { return fields.append(.host, authority) }
        guard text[host].elementsEqual(text[authority]) else { throw .malformed("Host is not what :authority says.") }
    }

    // MARK: Fields

    private static func checkName(_ name: UnsafeBufferPointer<UInt8>) throws(RequestFailure) {
        let isName = !name.isEmpty && name.allSatisfy { $0.isTokenCharacter && !(0x41...0x5A).contains($0) }
        guard isName else { throw .malformed("A header field's name is malformed.") }
    }

    private static func checkValue(
        _ value: Range<Int>, in text: UnsafeBufferPointer<UInt8>
    ) throws(RequestFailure) {
        // The end of the line behind it is a control, too.
        guard ByteSearch.firstControl(in: text, from: value.lowerBound) == value.upperBound else {
            throw .malformed("A header field holds a control character.")
        }
        guard value.isEmpty || !(text[value.lowerBound].isBlank || text[value.upperBound - 1].isBlank) else {
            throw .malformed("A header field's value begins or ends with a space.")
        }
    }

    /// Names that the edge does not look at, but that may not be there.
    private func checkForeign(_ name: String, _ value: Range<Int>) throws(RequestFailure) {
        switch name {
        case "keep-alive", "proxy-connection", "upgrade":
            throw .malformed("A header field of HTTP/1.1's connections stands in an HTTP/2 request.")
        case "te" where !text[value].equals("trailers"):
            throw .malformed("The only te of HTTP/2 is trailers.")
        default: return
        }
    }
}
