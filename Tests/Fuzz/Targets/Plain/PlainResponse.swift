import Foundation

/// An answer as a client reads it that knows only RFC 9112 or 9113, and what every one of the edge's has to be.
struct PlainResponse {
    var status: Int
    /// Names in lower case.
    var fields: [(name: String, value: [UInt8])]
    var body: [UInt8]
    /// Bytes on the wire; of an answer over HTTP/2 not known.
    var size = 0

    private static let alwaysThere = ["date", "cache-control", "x-content-type-options", "x-request-id"]
    private static let allowed: Set<String> = [
        "date", "cache-control", "x-content-type-options", "x-request-id", "content-type", "content-length",
        "retry-after",
        "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "vary", "connection",
        "access-control-allow-origin",
        "access-control-allow-methods", "access-control-allow-headers", "access-control-max-age",
        "access-control-expose-headers",
    ]

    /// Everything that was written to a client of HTTP/1.1, without what only says that it may go on.
    ///
    /// - Parameter isHead: whether the answer of this number is one to HEAD.
    static func all(in bytes: [UInt8], isHead: (Int) -> Bool) throws(FuzzFinding) -> [PlainResponse] {
        var (responses, start) = ([PlainResponse](), 0)
        while start < bytes.count {
            guard case .head(let head) = MessageHead.read(bytes, from: start), head.startLine.count >= 12,
                PlainText.text(head.startLine.prefix(9)) == "HTTP/1.1 ",
                let status = PlainText.number(head.startLine[9..<12])
            else {
                throw FuzzFinding("the client gets what is no HTTP: \(PlainText.text(bytes[start...].prefix(200)))")
            }
            if status == 100 {
                guard head.fields.isEmpty else { throw FuzzFinding("a 100 with fields") }
                start = head.end
                continue
            }
            let lengths = head.values("content-length").map { PlainText.number($0) }
            guard lengths.count == (status == 204 ? 0 : 1), !lengths.contains(nil), let length = lengths.first ?? 0
            else {
                throw FuzzFinding("an answer of \(status) with lengths \(lengths)")
            }
            let end = head.end + (isHead(responses.count) ? 0 : length)
            guard end <= bytes.count else { throw FuzzFinding("an answer is cut off") }
            responses.append(
                PlainResponse(
                    status: status, fields: head.fields, body: Array(bytes[head.end..<end]), size: end - start))
            start = end
        }
        return responses
    }

    func value(_ name: String) -> String? { fields.first { $0.name == name }.map { PlainText.text($0.value) } }

    /// What holds of each answer.
    ///
    /// - Parameters:
    ///   - isOfPlunk: whether its body is Plunk's, not the edge's.
    ///   - isHead: whether the body is left out.
    func check(isOfPlunk: Bool, isHead: Bool) throws(FuzzFinding) {
        let names = fields.map(\.name)
        try require(200...599 ~= status, "status \(status)")
        try require(Set(names).count == names.count, "a field twice: \(names)")
        try require(Set(names).isSubset(of: Self.allowed), "a field that is not ours: \(names)")
        try require(Self.alwaysThere.allSatisfy(names.contains), "a field is missing: \(names)")
        try require(value("cache-control") == "no-store", "may be stored")
        try require(value("x-content-type-options") == "nosniff", "may be sniffed")
        guard !isHead else { return }
        try require(status == 204 || value("content-length") == "\(body.count)", "a length that is wrong")
        try require(body.isEmpty == (value("content-type") == nil), "a type without a body, or a body without one")
        try require(isOfPlunk || !PlainKeys.containsClear(["sk_"], in: body), "a secret key in an answer")
        if status >= 400, !isOfPlunk { try checkEnvelope() }
    }

    /// The shape of Plunk's own errors, which its clients know how to read.
    private func checkEnvelope() throws(FuzzFinding) {
        let root = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
        guard let root, root["success"] as? Bool == false, root["timestamp"] is String,
            let error = root["error"] as? [String: Any], error["code"] is String, error["message"] is String
        else { throw FuzzFinding("no envelope: \(PlainText.text(body))") }
        try require(error["statusCode"] as? Int == status, "an envelope of another status")
        let id = (error["requestId"] as? String).map { Array($0.utf8) } ?? []
        try require(id == fields.first { $0.name == "x-request-id" }?.value, "an envelope of another request")
    }

    private func require(_ condition: Bool, _ finding: @autoclosure () -> String) throws(FuzzFinding) {
        if !condition { throw FuzzFinding("the client gets an answer with \(finding())") }
    }
}
