/// A request as tests write it.
struct TestRequest: Sendable {
    var method = "POST"
    var target = "/v1/track"
    var fields: [(String, String)] = []
    var body = ""

    static let valid = #"{"event":"signed_up","email":"ada@example.com"}"#

    /// A request that the sandbox takes, but for what is given.
    static func track(
        key: String? = "pk_test", fields: [(String, String)] = [], body: String = valid,
        type: String? = "application/json"
    ) -> TestRequest {
        var all = fields
        if let key { all.append(("Authorization", "Bearer \(key)")) }
        if let type { all.append(("Content-Type", type)) }
        return TestRequest(fields: all, body: body)
    }

    var bytes: [UInt8] {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\n\r\n"
        return Array(text.utf8) + Array(body.utf8)
    }
}
