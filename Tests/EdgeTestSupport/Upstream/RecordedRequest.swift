import EdgeCore

/// A request as an upstream received it, taken apart as leniently as possible: what is wrong with it is for the test to
/// say.
package struct RecordedRequest: Sendable {
    /// The connection it came on, and its place there, both from 0.
    package var connection: Int
    package var index: Int
    package var requestLine: String
    package var fields: [HTTPResponse.Field]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first field with this name in any case.
    package subscript(name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// Reads a request from the start of `bytes`; nil where more are needed.
    static func parse(_ bytes: [UInt8], connection: Int, index: Int) -> (RecordedRequest, length: Int)? {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: false)
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return HTTPResponse.Field(name: String(parts[0]), value: String(value))
        }
        var request = RecordedRequest(
            connection: connection, index: index, requestLine: String(lines[0]), fields: fields, body: [])
        let rest = bytes[headEnd.upperBound...]
        let length = request["content-length"].flatMap { Int($0) } ?? 0
        guard rest.count >= length else { return nil }
        request.body = Array(rest.prefix(length))
        return (request, headEnd.upperBound + length)
    }
}
