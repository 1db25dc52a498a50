import EdgeTestSupport

/// A request as a client writes it: valid until a test changes it.
struct ClientRequest: Sendable {
    var line: String
    /// Whole field lines, without CR LF.
    var fields: [String]
    var body: [UInt8]
    /// Whether Content-Length is added.
    var isFramed = true

    var bytes: [UInt8] {
        let framing = isFramed ? ["Content-Length: \(body.count)"] : []
        return Array(([line] + fields + framing).map { $0 + "\r\n" }.joined().utf8) + Array("\r\n".utf8) + body
    }

    /// An event that passes every check.
    static func track(_ event: String = "signup", line: String = "POST /v1/track HTTP/1.1") -> ClientRequest {
        ClientRequest(
            line: line,
            fields: [
                "Host: edge.test", "Authorization: Bearer \(Planted.publicKey)", "Content-Type: application/json",
            ],
            body: Array(#"{"event":"\#(event)","email":"ada@example.com"}"#.utf8))
    }

    /// What must never be taken for a request.
    static let smuggled = track(Planted.smuggledEvent)

    func adding(_ fields: String...) -> ClientRequest { with { $0.fields += fields } }

    func without(_ name: String) -> ClientRequest {
        with { $0.fields.removeAll { $0.lowercased().hasPrefix(name.lowercased() + ":") } }
    }

    /// This request with `field` in place of the one of the same name.
    func replacing(_ field: String) -> ClientRequest {
        without(String(field.prefix { $0 != ":" })).with { $0.fields.append(field) }
    }

    func body(_ text: String) -> ClientRequest { with { $0.body = Array(text.utf8) } }

    func body(_ bytes: [UInt8]) -> ClientRequest { with { $0.body = bytes } }

    func unframed() -> ClientRequest { with { $0.isFramed = false } }

    private func with(_ change: (inout ClientRequest) -> Void) -> ClientRequest {
        var copy = self
        change(&copy)
        return copy
    }
}
