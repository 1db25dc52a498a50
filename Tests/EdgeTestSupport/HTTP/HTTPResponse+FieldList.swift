import EdgeCore

extension HTTPResponse {
    /// An answer of HTTP/2 by its field list, still without a body (RFC 9113, section 8.3.2).
    init(fieldList: [Field]) throws {
        let text = fieldList.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        guard let first = fieldList.first, first.name == ":status", first.value.utf8.count == 3,
            let status = Int(first.value), (100..<600).contains(status)
        else { throw Violation("no :status in front", text.utf8) }
        let names = fieldList.map(\.name)
        let connection = ["connection", "transfer-encoding", "keep-alive", "upgrade"]
        guard Set(names).count == names.count else { throw Violation("a field name twice", text.utf8) }
        for field in fieldList.dropFirst() {
            guard field.name.utf8.allSatisfy({ $0.isTokenCharacter && !(0x41...0x5A).contains($0) }) else {
                throw Violation("a name that HTTP/2 does not have", text.utf8)
            }
            guard !connection.contains(field.name) else { throw Violation("a field of HTTP/1.1", text.utf8) }
            guard !field.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }), field.value.first != " ",
                field.value.last != " "
            else { throw Violation("a value that is malformed", text.utf8) }
        }
        self.init(status: status, fields: Array(fieldList.dropFirst()), body: [])
    }
}
