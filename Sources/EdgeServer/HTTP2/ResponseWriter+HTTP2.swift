internal import EdgeCore
internal import NIOHPACK

/// Answers as HTTP/2 carries them (RFC 9113, section 8.3.2).
extension ResponseWriter {
    static let continueFields: HPACKHeaders = [":status": "100"]

    /// - Returns: the header fields, the body, and about how many bytes both have before they are compressed.
    mutating func fields(
        of answer: borrowing Answer, requestID: Identifier, origin: OriginFinding, time: WallTime
    ) -> (headers: HPACKHeaders, body: Bytes, size: Int) {
        let body = body(of: answer, requestID: requestID, time: time)
        var list = FieldList(status: answer.status)
        fields(of: answer, bodySize: body.count, requestID: requestID, origin: origin, to: &list)
        return (list.headers, body, list.size + body.count)
    }
}

/// The header fields of an answer for HPACK. What differs from answer to answer stays out of its table.
private struct FieldList: AnswerFieldSink {
    private(set) var headers: HPACKHeaders
    private(set) var size = 0

    init(status: Int) {
        headers = HPACKHeaders()
        headers.reserveCapacity(12)
        add(":status", "\(status)", .indexable)
    }

    mutating func field(_ constant: ConstantAnswerField) {
        let (name, value) = constant.field
        add(name, value, .indexable)
    }

    mutating func field(_ name: AnswerField, _ number: Int) { add(name.name, "\(number)", .nonIndexable) }

    mutating func field(_ name: AnswerField, _ text: Bytes) {
        add(name.name, String(decoding: text, as: UTF8.self), .nonIndexable)
    }

    mutating func field(_ name: AnswerField, _ identifier: Identifier) {
        add(name.name, String(decoding: identifier.bytes, as: UTF8.self), .nonIndexable)
    }

    private mutating func add(_ name: String, _ value: String, _ indexing: HPACKIndexing) {
        headers.add(name: name, value: value, indexing: indexing)
        size += name.utf8.count + value.utf8.count
    }
}
