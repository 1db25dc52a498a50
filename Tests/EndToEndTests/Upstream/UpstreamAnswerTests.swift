import EdgeTestSupport
import Testing

/// Answers that a broken or hostile upstream may give. The client gets Plunk's envelope, once, and nothing of them.
@Suite(.serialized, .edge(.littlePatience))
struct UpstreamAnswerTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let steps: [UpstreamStep]
        let status: Int
        let reason: String

        init(
            _ description: String, _ steps: [UpstreamStep], _ status: Int = 502,
            _ reason: String = "upstream_invalid_response"
        ) {
            (testDescription, self.steps, self.status, self.reason) = (description, steps, status, reason)
        }

        init(
            _ description: String, _ answer: String, _ status: Int = 502, _ reason: String = "upstream_invalid_response"
        ) {
            self.init(description, [.send(answer), .close], status, reason)
        }
    }

    private static let json = "Content-Type: application/json\r\n"

    // Frames of HTTP/2 (RFC 9113, sections 6.5 and 6.8).
    private static let settings = "\0\0\0\u{4}\0\0\0\0\0"
    private static let goAway = "\0\0\u{8}\u{7}\0\0\0\0\0\0\0\0\0\0\0\0\0"

    static let broken: [Row] = [
        Row("nothing, then the end", [.close], 502, "upstream_closed"),
        Row("a reset", [.reset], 502, "upstream_closed"),
        Row("silence", [.stall], 504, "upstream_timeout"),
        Row("half a status line", "HTTP/1.1 20", 502, "upstream_closed"),
        Row("half a body", "HTTP/1.1 200 OK\r\n\(json)Content-Length: 100\r\n\r\n{", 502, "upstream_closed"),
        Row(
            "half a body, then silence", [.send("HTTP/1.1 200 OK\r\n\(json)Content-Length: 100\r\n\r\n{"), .stall], 504,
            "upstream_timeout"),
        Row(
            "an answer that drips past the total",
            [
                .send("HTTP/1.1 200 OK\r\n\(json)Content-Length: 2000\r\n\r\n"),
                .drip([UInt8](repeating: 32, count: 2000), every: .milliseconds(20)),
            ], 504, "upstream_timeout"),
        Row(
            "a head that drips past the total",
            [
                .drip(
                    Array("HTTP/1.1 200 OK\r\nX-A: \(String(repeating: "a", count: 2000))".utf8),
                    every: .milliseconds(20))
            ],
            504, "upstream_timeout"),
        Row("101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
        Row(
            "a redirect",
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\(json)Content-Length: 2\r\n\r\n{}"),
        Row("a permanent redirect", "HTTP/1.1 308 Permanent Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
        Row("204", "HTTP/1.1 204 No Content\r\n\r\n"), Row("304", "HTTP/1.1 304 Not Modified\r\n\r\n"),
        Row("304 with a body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n{}"),
        Row("HTTP/0.9", "{}\r\n"), Row("HTTP/2", "HTTP/2 200 OK\r\n\r\n"),
        Row("HTTP/2: SETTINGS, and GOAWAY behind it", settings + goAway, 502, "upstream_closed"),
        Row("HTTP/2: GOAWAY", goAway, 502, "upstream_closed"),
        Row("HTTP/2: REFUSED_STREAM", settings + "\0\0\u{4}\u{3}\0\0\0\0\u{1}\0\0\0\u{7}", 502, "upstream_closed"),
        Row("HTTP/2: half of DATA", settings + "\0\0\u{20}\0\u{1}\0\0\0\u{1}{\"succ", 502, "upstream_closed"),
        Row("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
        Row("a status of four", "HTTP/1.1 2000 OK\r\n\r\n"), Row("SSH", "SSH-2.0-OpenSSH_9.2\r\n"),
        Row("both framings", "HTTP/1.1 200 OK\r\n\(json)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
        Row("two lengths", "HTTP/1.1 200 OK\r\n\(json)Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        Row("a negative length", "HTTP/1.1 200 OK\r\n\(json)Content-Length: -1\r\n\r\n"),
        Row("a length in letters", "HTTP/1.1 200 OK\r\n\(json)Content-Length: two\r\n\r\n{}"),
        Row("a huge length", "HTTP/1.1 200 OK\r\n\(json)Content-Length: 99999999999999999999\r\n\r\n{}"),
        Row("bad chunks", "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n"),
        Row(
            "cut chunks", "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", 502,
            "upstream_closed"),
        Row("an unknown coding", "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Row("a folded field", "HTTP/1.1 200 OK\r\n\(json)X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}"),
        Row("a bare LF", "HTTP/1.1 200 OK\n\(json)Content-Length: 2\r\n\r\n{}"),
        Row("NUL in a field", "HTTP/1.1 200 OK\r\nX-A: \u{0}\r\n\(json)Content-Length: 2\r\n\r\n{}"),
        Row("HTML", [.answer(200, ["Content-Type: text/html"], body: "<html>")]),
        Row("JSON that is none", [.answer(200, body: "{\"success\":")]),
        Row("JSON of no type", [.answer(200, [], body: "{}")]),
        Row(
            "gzip", [.answer(200, ["Content-Type: application/json", "Content-Encoding: gzip"], body: "\u{1F}\u{8B}")]),
        Row("an HTML error keeps its status", [.answer(500, ["Content-Type: text/html"], body: "<html>")], 500),
        Row("an empty 503 keeps its status", [.answer(503, [], body: "")], 503),
        Row("an HTML 404 keeps its status", [.answer(404, ["Content-Type: text/html"], body: "<html>")], 404),
        Row("5 MB of JSON", [.answer(200, body: "[\(String(repeating: "0,", count: 2_500_000))0]"), .close]),
        Row(
            "300 KB of fields",
            "HTTP/1.1 200 OK\r\n\(String(repeating: "X-A: \(String(repeating: "a", count: 90))\r\n", count: 3000))\r\n"),
        Row("100 Continue without end", String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 10_000)),
    ]

    static let good: [Row] = [
        Row("100 first", [.send("HTTP/1.1 100 Continue\r\n\r\n"), .answer(body: PlunkLedger.success)], 200),
        Row(
            "103, 102 and 100 first",
            [
                .send(
                    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                ),
                .answer(body: PlunkLedger.success),
            ], 200),
        Row(
            "chunked", "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n\(chunks(PlunkLedger.success))", 200
        ),
        Row(
            "to the end of the connection", "HTTP/1.1 200 OK\r\n\(json)Connection: close\r\n\r\n\(PlunkLedger.success)",
            200),
        Row(
            "HTTP/1.0",
            "HTTP/1.0 200 OK\r\n\(json)Content-Length: \(PlunkLedger.success.utf8.count)\r\n\r\n\(PlunkLedger.success)",
            200),
        Row(
            "byte by byte",
            Array(
                "HTTP/1.1 200 OK\r\n\(json)Content-Length: \(PlunkLedger.success.utf8.count)\r\n\r\n\(PlunkLedger.success)"
                    .utf8
            )
            .map { .send([$0]) }, 200),
        Row(
            "bytes behind the answer",
            [.answer(body: PlunkLedger.success), .send("HTTP/1.1 200 OK\r\n\(json)Content-Length: 2\r\n\r\n[]")],
            200),
    ]

    @Test("A broken answer becomes an error of Plunk's shape", arguments: broken)
    func brokenAnswer(row: Row) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        scene.upstream.perform { _ in row.steps }
        defer { scene.upstream.answerLikePlunk() }
        let client = try scene.connect()
        try client.send(ClientRequest.track().bytes)
        let response = try client.response()
        let refusal = Refusal(
            status: row.status, code: "EXTERNAL_SERVICE_ERROR", reason: row.reason, outcome: "upstream_failed")
        try scene.expect(refusal, response)
        #expect(scene.upstream.requests.count == before + 1, "not repeated")
        #expect(!response.text.contains("html"))

        // The next one has a connection of its own: a broken one is not used again. It also closes the breaker's count.
        scene.upstream.answerLikePlunk()
        let connections = scene.upstream.connectionCount
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().text == PlunkLedger.success)
        let isReusable =
            [500, 503, 404].contains(row.status)
            || row.testDescription.contains("JSON") && !row.testDescription.contains("MB")
        if !isReusable && !["HTML", "gzip", "204", "304"].contains(row.testDescription) {
            #expect(scene.upstream.connectionCount == connections + 1)
        }
    }

    @Test("A good answer in any form is the answer", arguments: good)
    func goodAnswer(row: Row) throws {
        let scene = try Scene.of()
        scene.upstream.perform { _ in row.steps }
        defer { scene.upstream.answerLikePlunk() }
        let response = try scene.exchange(.track())
        #expect(response.status == 200)
        #expect(response.text == PlunkLedger.success)
        scene.upstream.answerLikePlunk()
        #expect(try scene.exchange(.track()).text == PlunkLedger.success)
    }

    @Test("Connections are used again")
    func reuse() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().status == 200)
        let connections = scene.upstream.connectionCount
        for _ in 0..<10 {
            try client.send(ClientRequest.track().bytes)
            let response = try client.response()
            #expect(response.status == 200)
            #expect(try scene.edge.record(of: response["x-request-id"])["upstream"]?["reused"] == true)
        }
        #expect(scene.upstream.connectionCount == connections)
    }

    private static func chunks(_ text: String) -> String {
        text.map { "1\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
    }
}

extension JSONValue {
    /// On a busy machine an upstream of the test's can need half a second to say anything.
    fileprivate static let littlePatience: JSONValue = [
        "upstream": [
            "retry": "never",
            "timeouts": ["firstByte": "2s", "total": "4s"],
        ]
    ]
}
