import EdgeTestSupport

/// Requests with a key in each place where a client can put one.
enum PlantedRequests {
    /// Over HTTP/1.1 and, with the same fields, over HTTP/2.
    static func all(_ key: String) -> [ClientRequest] {
        let event = ClientRequest.track()
        let lines = [
            "POST /v1/track?key=\(key) HTTP/1.1", "POST /\(key) HTTP/1.1", "POST /v1/track/\(key)?a HTTP/1.1",
            "\(key) /v1/track HTTP/1.1", "POST /v1/track?k=\(encoded(key)) HTTP/1.1", "GET /\(encoded(key)) HTTP/1.1",
            "POST https://\(key)@edge.test/v1/track HTTP/1.1", "OPTIONS /\(key) HTTP/1.1",
        ]
        let fields = [
            "Authorization: Bearer \(key) ", "Authorization: \(key)", "Authorization: Basic \(key)",
            "X-Api-Key: \(key)",
            "Cookie: session=\(key)", "User-Agent: Mozilla/5.0 \(key)", "Referer: https://app.test/?\(key)",
            "Host: \(key)", "Host: \(key).edge.test", "Origin: https://\(key).test", "Origin: \(key)",
            "X-Forwarded-For: \(key)", "X-Forwarded-Host: \(key)", "X-Forwarded-Proto: \(key)",
            "Forwarded: for=\(key)", "X-Request-ID: \(key)", "X-Request-ID: a-\(key)", "Idempotency-Key: \(key)",
            "Idempotency-Key: order-0123456789-\(key)", "traceparent: 00-\(key)",
            "Content-Type: application/json; key=\(key)", "Content-Encoding: \(key)",
            "Accept-Language: \(key)", "X-\(key.replacing("_", with: "-")): \(key)",
            "Access-Control-Request-Method: \(key)",
        ]
        let bodies = [
            #"{"event":"\#(key)","email":"ada@example.com"}"#, #"{"event":"signup","email":"\#(key)@example.com"}"#,
            #"{"event":"signup","email":"\#(key)"}"#, #"{"\#(key)":1,"event":"signup","email":"ada@example.com"}"#,
            #"{"event":"signup","email":"ada@example.com","data":{"\#(key)":"\#(key)"}}"#,
            #"{"event":"signup","email":"ada@example.com","subscribed":"\#(key)"}"#, key, #"{"event":"\#(key)"#,
            #"{"event":"\u0073k\u005f\#(key.dropFirst(3))","email":"ada@example.com"}"#,
        ]
        return lines.map { ClientRequest.track(line: $0) } + fields.map { event.replacing($0) }
            + bodies.map { event.body($0) }
    }

    /// Whole requests that only HTTP/1.1 can say: trailers, extensions of chunks, and what is no request at all.
    static func raw(_ key: String) -> [String] {
        let chunked = ClientRequest.track().body("").unframed().adding(
            "Transfer-Encoding: chunked", "Connection: close"
        ).bytes
        let head = String(decoding: chunked, as: UTF8.self)
        return [
            "\(head)2;\(key)\r\n{}\r\n0\r\n\r\n", "\(head)2\r\n{}\r\n0\r\nAuthorization: Bearer \(key)\r\n\r\n",
            "\(head)\(key)\r\n", "\(key)\r\n\r\n", "POST /v1/track HTTP/1.1\r\nHost: a\r\n\(key)\r\n\r\n",
            "POST /v1/track \(key)\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\(key) : 1\r\n\r\n",
        ]
    }

    /// Field lists that only HTTP/2 can say.
    static func fieldLists(_ key: String) -> [[(String, String)]] {
        let usual = ClientRequest.track().body("").unframed().fieldList
        return [
            usual.map { $0.0 == ":scheme" ? (":scheme", key) : $0 }, [(":\(key.lowercased())", "1")] + usual,
            usual.map { $0.0 == ":authority" ? (":authority", key) : $0 }, usual + [("te", key)],
            usual + [("content-length", key)],
        ]
    }

    private static func encoded(_ key: String) -> String { key.replacing("_", with: "%5F") }
}
