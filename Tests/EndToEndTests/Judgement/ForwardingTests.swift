import EdgeTestSupport
import Testing

/// What goes to Plunk with an event, what comes back, and what is logged of it.
@Suite(.serialized, .edge(["clientAddress": ["log": "truncate", "upstream": "full"]])) struct ForwardingTests {
    private static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("The request upstream is the one form, value by value")
    func form() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(
            .track().adding(
                "User-Agent: app/1.0", "Idempotency-Key: order-7", "traceparent: \(Self.traceparent)", "Cookie: a=b"))
        let request = try scene.expectForwarded(response, since: before)
        #expect(request["host"] == "127.0.0.1:\(scene.upstream.port)")
        #expect(request["authorization"] == "Bearer \(Planted.publicKey)")
        #expect(request["user-agent"] == "app/1.0")
        #expect(request["idempotency-key"] == "order-7")
        #expect(request["traceparent"] == Self.traceparent)
        #expect(request["x-forwarded-for"] == "127.0.0.1")
        #expect(request["x-request-id"] == response["x-request-id"])
    }

    @Test("Without the client's own there are our User-Agent and an Idempotency-Key that no other request has")
    func defaults() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        for _ in 0..<3 { #expect(try scene.exchange(.track()).status == 200) }
        let requests = scene.upstream.requests.dropFirst(before)
        #expect(Set(requests.compactMap { $0["idempotency-key"] }).count == 3)
        #expect(requests.allSatisfy { $0["user-agent"] == "plunk-edge" })
        #expect(requests.allSatisfy { $0["traceparent"] == nil })
    }

    @Test("A long User-Agent is cut at 256 bytes")
    func longUserAgent() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(.track().adding("User-Agent: \(String(repeating: "a", count: 1000))"))
        let request = try scene.expectForwarded(response, since: before)
        #expect(request["user-agent"] == String(repeating: "a", count: 256))
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["user_agent"]?.string == String(repeating: "a", count: 256))
    }

    @Test(
        "A traceparent that is none is dropped",
        arguments: [
            "x", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ])
    func badTraceparent(value: String) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let request = try scene.expectForwarded(
            try scene.exchange(.track().adding("traceparent: \(value)")), since: before)
        #expect(request["traceparent"] == nil)
    }

    @Test(
        "An Idempotency-Key that Plunk would not take is a 400, not dropped in silence",
        arguments: [
            HostileRequest("empty", ClientRequest.track().adding("Idempotency-Key:"), .badRequest),
            HostileRequest("256 bytes", key(String(repeating: "a", count: 256)), .badRequest),
            HostileRequest("beyond ASCII", key("\u{E4}"), .badRequest),
            HostileRequest("twice", key("a").adding("Idempotency-Key: a"), .badRequest),
            HostileRequest("255 bytes", key(String(repeating: "b", count: 255)), nil),
            HostileRequest("with a space", key("order 7"), nil),
        ])
    func idempotencyKey(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test(
        "Plunk's answer goes back byte by byte, whatever its status",
        arguments: [
            200, 201, 202, 400, 401, 402, 403, 404, 405, 410, 418, 422, 451, 499, 500, 501, 502, 503, 507, 599,
        ])
    func answers(status: Int) throws {
        let scene = try Scene.of()
        defer { scene.upstream.answerLikePlunk() }
        let body = #"{ "success" : false, "error":{"code":"PROJECT_DISABLED"}, "x": "\u00e4" }"#
        scene.upstream.perform { _ in [.answer(status, body: body)] }
        let client = try scene.connect()
        try client.send(ClientRequest.track().bytes)
        let response = try client.response()
        #expect(response.status == status)
        #expect(response.text == body)
        try scene.expectOurs(response)
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["outcome"] == "forwarded")
        #expect(record["upstream"]?["status"] == .number(Double(status)))
        #expect(record["upstream"]?["attempts"] == 1)
        #expect(record["code"] == "PROJECT_DISABLED")
        // The connection goes on: the answer was framed as it should be.
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().status == status)
    }

    @Test("Of Plunk's header fields only Retry-After and RateLimit-* go back")
    func answerFields() throws {
        let scene = try Scene.of()
        defer { scene.upstream.answerLikePlunk() }
        let fields = [
            "Content-Type: application/json", "RateLimit-Limit: 200", "RateLimit-Remaining: 199", "RateLimit-Reset: 1",
            "Set-Cookie: a=b", "Strict-Transport-Security: max-age=1", "Clear-Site-Data: \"*\"",
            "Refresh: 0;url=https://evil.test",
            "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true", "Location: https://evil.test",
            "X-Request-ID: 8a0c7f52-4df5-4f0c-9a4e-6f0d3b1f7c11", "Server: Plunk", "Cache-Control: public", "Via: a",
            "ETag: a",
            "Content-Security-Policy: default-src *", "Alt-Svc: h3=\":443\"", "X-A: b", "Vary: *", "Retry-After: 2",
        ]
        scene.upstream.perform { _ in [.answer(200, fields, body: "{}")] }
        let response = try scene.exchange(.track())
        try scene.expectOurs(response)
        #expect(
            Set(response.fields.map { $0.name.lowercased() }) == [
                "date", "cache-control", "x-content-type-options", "x-request-id", "content-type", "content-length",
                "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset",
            ])
        #expect(response["retry-after"] == "2")
        #expect(response["ratelimit-remaining"] == "199")
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["upstream"]?["request_id"] == "8a0c7f52-4df5-4f0c-9a4e-6f0d3b1f7c11")
    }

    @Test("The access record holds the whole table of fields")
    func record() throws {
        let scene = try Scene.of()
        let response = try scene.exchange(
            .track(line: "POST /v1/track?x=1 HTTP/1.1").adding("User-Agent: a\"b\\c", "Origin: http://edge.test"))
        let record = try scene.edge.record(of: response["x-request-id"])
        let names = Set(try #require(record.object).keys)
        #expect(
            names.isSubset(of: [
                "v", "time", "request_id", "client", "protocol", "tls", "method", "path", "host", "origin",
                "user_agent",
                "key", "status", "outcome", "code", "reason", "bytes_in", "bytes_out", "duration_ms", "upstream",
            ]))
        #expect(record["v"] == 1)
        #expect(record["time"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(record["client"] == "127.0.0.0")
        #expect(record["protocol"] == "HTTP/1.1")
        #expect(record["method"] == "POST")
        #expect(record["path"] == "/v1/track")
        #expect(record["host"] == "edge.test")
        #expect(record["origin"] == "http://edge.test")
        #expect(record["user_agent"] == "a\"b\\c")
        #expect(record["bytes_in"]?.number ?? 0 > 100)
        #expect(record["bytes_out"]?.number ?? 0 > 100)
        #expect(record["duration_ms"]?.number ?? -1 >= 0)
        let upstream = try #require(record["upstream"])
        #expect(upstream["address"] == "127.0.0.1:\(scene.upstream.port)")
        #expect(upstream["protocol"] == "HTTP/1.1")
        #expect(upstream["first_byte_ms"]?.number ?? -1 >= 0)
        #expect(upstream["total_ms"]?.number ?? -1 >= 0)
    }

    @Test(
        "Nothing that a client writes can break a line of the log or colour a terminal",
        arguments: [
            "a\u{1B}[31m", "\u{9B}31m", "a\u{2028}b", "{\"v\":1}", "\\u000a", "\u{202E}abc", "\u{FF}\u{FE}",
        ])
    func hostileLog(text: String) throws {
        let scene = try Scene.of()
        let isControl = text.utf8.contains { $0 < 0x20 }
        let response = try scene.exchange(.track().adding("User-Agent: \(text)"))
        #expect(response.status == (isControl ? 400 : 200))
        let record = try scene.edge.record(of: response["x-request-id"])
        if !isControl { #expect(record["user_agent"]?.string == text) }
        #expect(
            !scene.edge.process.output.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{9B}" })
    }

    private static func key(_ value: String) -> ClientRequest { .track().adding("Idempotency-Key: \(value)") }
}
