import EdgeTestSupport
import Foundation

/// What became of one connection: records, requests to Plunk, and what holds of them whatever the client did.
struct FrontReport {
    struct Record: Equatable {
        var id: String
        var status: Int?
        var outcome: String
        var reason: String?
        var method: String?
        var bytesOut: Int

        /// What has to be the same however the client's bytes were cut.
        var judgement: String { "\(method ?? "-") \(status ?? 0) \(outcome) \(reason ?? "-")" }

        /// Whether it is the last that its connection may have over HTTP/1.1: it leaves in doubt what the bytes behind it
        /// are.
        var endsConnection: Bool {
            guard outcome == "rejected" else { return false }
            return [400, 408, 413, 414, 431].contains(status)
        }
    }

    let records: [Record]
    /// Bodies that Plunk got.
    let bodies: [[UInt8]]

    /// - Parameters:
    ///   - lines: of the access log.
    ///   - requests: what Plunk's end was sent.
    init(lines: [UInt8], requests: [[UInt8]]) throws(FuzzFinding) {
        var records: [Record] = []
        for line in lines.split(separator: 10) {
            guard let root = (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any],
                let id = root["request_id"] as? String, let outcome = root["outcome"] as? String
            else { throw FuzzFinding("a line of the log is no record: \(PlainText.text(line))") }
            try Self.checkHoldsNoKey(root, "the log", of: ["sk_", "pk_"])
            records.append(
                Record(
                    id: id, status: root["status"] as? Int, outcome: outcome, reason: root["reason"] as? String,
                    method: root["method"] as? String, bytesOut: root["bytes_out"] as? Int ?? 0))
        }
        self.records = records
        var (bodies, sent) = ([[UInt8]](), [String]())
        var known = records.filter { $0.outcome != "rejected" && $0.outcome != "preflight" }.map(\.id)
        for request in requests {
            let (id, body) = try Self.check(request)
            guard let index = known.firstIndex(of: id) else {
                throw FuzzFinding("Plunk gets a request that no record tells of")
            }
            known.remove(at: index)
            bodies.append(body)
            sent.append(id)
        }
        self.bodies = bodies
        for record in records where record.outcome == "forwarded" {
            guard let index = sent.firstIndex(of: record.id) else {
                throw FuzzFinding("Plunk did not get what is recorded as forwarded")
            }
            sent.remove(at: index)
        }
    }

    // MARK: What Plunk gets

    /// What must hold of it: written anew, in one form, with one public key and no other.
    private static func check(_ bytes: [UInt8]) throws(FuzzFinding) -> (id: String, body: [UInt8]) {
        guard case .request(let request) = PlainRequest.read(bytes, from: 0), request.end == bytes.count,
            request.start == 0
        else { throw FuzzFinding("Plunk gets what is not one request: \(PlainText.text(bytes))") }
        let names = request.head.fields.map(\.name)
        let value = { (name: String) in request.values(name).first.map(PlainText.text) ?? "" }
        func require(_ condition: Bool, _ what: String) throws(FuzzFinding) {
            if !condition { throw FuzzFinding("Plunk gets \(what): \(PlainText.text(bytes))") }
        }
        try require(PlainText.text(request.head.startLine) == "POST /api/v1/track HTTP/1.1", "another request line")
        try require(Set(names).count == names.count, "a field twice")
        try require(
            Set(names).isSubset(of: UpstreamFields.allowed) && Set(names).isSuperset(of: UpstreamFields.required),
            "other fields")
        let key = value("authorization")
        try require(
            key.hasPrefix("Bearer pk_") && key.utf8.count > 10 && key.utf8.dropFirst(7).allSatisfy(PlainText.isToken),
            "no public key")
        try require(value("content-type") == "application/json" && value("host") == "127.0.0.1:9", "other constants")
        try require(!request.isChunked && request.length == request.body.count, "another length")
        try require(!PlainKeys.containsClear(["sk_"], in: bytes), "a secret key")
        guard let body = (try? JSONSerialization.jsonObject(with: Data(plainNumbers(request.body)))) as? [String: Any]
        else { throw FuzzFinding("Plunk gets a body that is no JSON: \(PlainText.text(request.body))") }
        try require(Set(body.keys).isSubset(of: ["event", "email", "subscribed", "data"]), "other members")
        try checkHoldsNoKey(body, "Plunk", of: ["sk_"])
        return (value("x-request-id"), request.body)
    }

    /// Numbers that no Double holds are JSON all the same, but not to Foundation: digits become ones, few enough of them.
    private static func plainNumbers(_ json: [UInt8]) -> [UInt8] {
        var (result, isString, isEscaped, index) = ([UInt8](), false, false, 0)
        while index < json.count {
            let byte = json[index]
            let isNumber = !isString && (PlainText.isDigit(byte) || byte == UInt8(ascii: "-"))
            if isNumber {
                let number = json[index...].prefix { PlainText.isDigit($0) || "+-.eE".utf8.contains($0) }
                result.append(UInt8(ascii: "1"))
                index += number.count
                continue
            }
            if byte == UInt8(ascii: "\""), !isEscaped { isString.toggle() }
            isEscaped = isString && byte == UInt8(ascii: "\\") && !isEscaped
            result.append(byte)
            index += 1
        }
        return result
    }

    private static func checkHoldsNoKey(_ value: Any, _ place: String, of prefixes: [String]) throws(FuzzFinding) {
        switch value {
        case let text as String:
            if PlainKeys.containsClear(prefixes, in: Array(text.utf8)) {
                throw FuzzFinding("\(place) gets a key: \(text)")
            }
        case let array as [Any]: for value in array { try checkHoldsNoKey(value, place, of: prefixes) }
        case let object as [String: Any]:
            for (name, value) in object {
                try checkHoldsNoKey(name, place, of: prefixes)
                try checkHoldsNoKey(value, place, of: prefixes)
            }
        default: return
        }
    }
}
