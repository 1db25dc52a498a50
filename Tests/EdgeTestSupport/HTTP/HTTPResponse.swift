import EdgeCore

/// A response as it came over the wire, checked against RFC 9112 more strictly than most clients do.
package struct HTTPResponse: Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    /// What is wrong with the bytes, and the bytes.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String

        init(_ rule: String, _ bytes: some Collection<UInt8>) {
            description = "\(rule): \(String(decoding: bytes.prefix(2000), as: UTF8.self).debugDescription)"
        }
    }

    package var status: Int
    package var fields: [Field]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// Whether the peer says that this is the last response of the connection.
    package var closesConnection: Bool { self["connection"]?.lowercased() == "close" }

    /// The value of the field with this name in any case.
    package subscript(name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }

    package func json() throws -> JSONValue { try JSONValue(parsing: body) }

    /// Reads a response from the start of `bytes`.
    ///
    /// - Returns: the response and its length, nil where more bytes are needed.
    package static func parse(_ bytes: [UInt8]) throws -> (HTTPResponse, length: Int)? {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = bytes[..<headEnd.lowerBound]
        var lines = head.split(separator: 0x0A as UInt8, omittingEmptySubsequences: false)
        for index in lines.indices.dropLast() {
            guard lines[index].last == 0x0D else { throw Violation("a line of the head ends without CR", head) }
            lines[index].removeLast()
        }
        guard !lines.contains(where: { $0.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F } }) else {
            throw Violation("a control character in the head", head)
        }
        let status = try status(of: lines.removeFirst())
        let fields = try lines.map(field)
        let names = fields.map { $0.name.lowercased() }
        guard Set(names).count == names.count else { throw Violation("a field name twice", head) }
        var response = HTTPResponse(status: status, fields: fields, body: [])

        guard response["transfer-encoding"] == nil else { throw Violation("a Transfer-Encoding", head) }
        if status < 200 || status == 204 || status == 304 {
            guard response["content-length"] == nil else { throw Violation("Content-Length with \(status)", head) }
            return (response, headEnd.upperBound)
        }
        guard let length = response["content-length"], length.utf8.allSatisfy(\.isASCIIDigit), let length = Int(length)
        else { throw Violation("no Content-Length, or not a number", head) }
        guard bytes.count - headEnd.upperBound >= length else { return nil }
        response.body = Array(bytes[headEnd.upperBound..<headEnd.upperBound + length])
        return (response, headEnd.upperBound + length)
    }

    private static func status(of line: Bytes) throws -> Int {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].equals("HTTP/1.1"), parts[1].count == 3, parts[1].allSatisfy(\.isASCIIDigit),
            let status = Int(String(decoding: parts[1], as: UTF8.self)), (100..<600).contains(status)
        else { throw Violation("not a status line", line) }
        return status
    }

    private static func field(of line: Bytes) throws -> Field {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(\.isTokenCharacter)
        else { throw Violation("not a field line", line) }
        let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
        guard value.hasPrefix(" "), value.last != " " || value == " " else { throw Violation("odd spaces", line) }
        return Field(name: String(decoding: line[..<colon], as: UTF8.self), value: String(value.dropFirst()))
    }
}
