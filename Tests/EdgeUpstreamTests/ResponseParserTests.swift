import EdgeCore
import Testing

@testable import EdgeUpstream

@Suite struct ResponseParserTests {
    /// What an answer is understood as, independent of how its bytes are cut.
    enum Reading: Equatable, Sendable {
        /// The body, and whether the connection may be used again.
        case answer(Int, String, isReusable: Bool)
        case invalid
        /// The bytes are over and the answer is not.
        case lost
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var input: String
        var reading: Reading

        init(_ description: String, _ input: String, _ reading: Reading) {
            (testDescription, self.input, self.reading) = (description, input, reading)
        }
    }

    private static let ok = "HTTP/1.1 200 OK\r\n"

    static let whole = [
        Case("sized", ok + "Content-Length: 2\r\n\r\n{}", .answer(200, "{}", isReusable: true)),
        Case("sized, empty", ok + "Content-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
        Case("no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
        Case(
            "no space after the status", "HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n", .answer(503, "", isReusable: true)
        ),
        Case(
            "odd reason phrase", "HTTP/1.1 404 a\tb \u{e9}\r\nContent-Length: 0\r\n\r\n",
            .answer(404, "", isReusable: true)),
        Case("no space after the colon", ok + "content-length:2\r\n\r\n{}", .answer(200, "{}", isReusable: true)),
        Case("space around a value", ok + "CONTENT-LENGTH: \t 2 \t\r\n\r\n{}", .answer(200, "{}", isReusable: true)),
        Case("empty value", ok + "Server:\r\nContent-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
        Case(
            "chunked", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nT: x\r\n\r\n",
            .answer(200, "{}", isReusable: true)),
        Case(
            "chunked in capitals", ok + "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
            .answer(200, "", isReusable: true)),
        Case("closing", ok + "Content-Length: 2\r\nConnection: close\r\n\r\n{}", .answer(200, "{}", isReusable: false)),
        Case(
            "closing, in a list", ok + "Content-Length: 2\r\nConnection: x, Close\r\n\r\n{}",
            .answer(200, "{}", isReusable: false)),
        Case(
            "kept alive", ok + "Content-Length: 2\r\nConnection: keep-alive\r\n\r\n{}",
            .answer(200, "{}", isReusable: true)),
        Case(
            "HTTP/1.0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
            .answer(200, "{}", isReusable: false)),
        Case("to the end, HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nabc", .answer(200, "abc", isReusable: false)),
        Case("to the end, closing", ok + "Connection: close\r\n\r\nabc", .answer(200, "abc", isReusable: false)),
        Case("to the end, empty", ok + "Connection: close\r\n\r\n", .answer(200, "", isReusable: false)),
        Case("204", "HTTP/1.1 204 No Content\r\n\r\n", .answer(204, "", isReusable: true)),
        Case("204 with length 0", "HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n", .answer(204, "", isReusable: true)),
        Case("204 with a body", "HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\n{}", .answer(204, "", isReusable: false)),
        Case(
            "204 with chunks", "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .answer(204, "", isReusable: false)),
        Case(
            "304 with the length of what is not sent", "HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n",
            .answer(304, "", isReusable: true)),
        Case(
            "302", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
            .answer(302, "", isReusable: true)),
        Case(
            "100, 102 and 103 first",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 X\r\nA: b\r\n\r\nHTTP/1.1 103 X\r\nLink: <a>\r\n\r\n" + ok
                + "Content-Length: 1\r\n\r\nx", .answer(200, "x", isReusable: true)),
        Case(
            "as many informational answers as allowed",
            String(repeating: "HTTP/1.1 100 X\r\n\r\n", count: ResponseParser.informationalLimit) + ok
                + "Content-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
    ]

    static let broken = [
        Case(
            "one informational answer too many",
            String(repeating: "HTTP/1.1 100 X\r\n\r\n", count: ResponseParser.informationalLimit + 1), .invalid),
        Case("101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", .invalid),
        Case("100 with a length", "HTTP/1.1 100 X\r\nContent-Length: 0\r\n\r\n", .invalid),
        Case("both framings", ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", .invalid),
        Case("both framings, other order", ok + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", .invalid),
        Case("chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .invalid),
        Case("chunked twice", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", .invalid),
        Case("gzip, chunked", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", .invalid),
        Case("xchunked", ok + "Transfer-Encoding: xchunked\r\n\r\n", .invalid),
        Case("identity", ok + "Transfer-Encoding: identity\r\n\r\n", .invalid),
        Case("two lengths", ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", .invalid),
        Case("a list of lengths", ok + "Content-Length: 2, 2\r\n\r\n{}", .invalid),
        Case("+2", ok + "Content-Length: +2\r\n\r\n{}", .invalid),
        Case("-2", ok + "Content-Length: -2\r\n\r\n{}", .invalid),
        Case("0x2", ok + "Content-Length: 0x2\r\n\r\n{}", .invalid),
        Case("no length", ok + "Content-Length: \r\n\r\n", .invalid),
        Case("twenty digits", ok + "Content-Length: 18446744073709551618\r\n\r\n{}", .invalid),
        Case("a length over the limit", ok + "Content-Length: \(ResponseParser.bodyLimit + 1)\r\n\r\n", .invalid),
        Case(
            "a chunk over the limit",
            ok + "Transfer-Encoding: chunked\r\n\r\n\(String(ResponseParser.bodyLimit + 1, radix: 16))\r\n", .invalid),
        Case("a bad chunk size", ok + "Transfer-Encoding: chunked\r\n\r\n0x5\r\n", .invalid),
        Case("more in a chunk than said", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .invalid),
        Case("a chunk line without CR", ok + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n", .invalid),
        Case("no framing and no word of closing", ok + "Server: x\r\n\r\nabc", .invalid),
        Case("HTTP/0.9", "<html>\r\n", .invalid),
        Case("HTTP/2", "HTTP/2 200\r\n", .invalid),
        Case("HTTP/1.2", "HTTP/1.2 200 OK\r\n", .invalid),
        Case("lower case", "http/1.1 200 OK\r\n", .invalid),
        Case("two digits", "HTTP/1.1 20 OK\r\n", .invalid),
        Case("four digits", "HTTP/1.1 2000 OK\r\n", .invalid),
        Case("status 099", "HTTP/1.1 099 X\r\n", .invalid),
        Case("status 600", "HTTP/1.1 600 X\r\n", .invalid),
        Case("two spaces", "HTTP/1.1  200 OK\r\n", .invalid),
        Case("a blank line first", "\r\n" + ok, .invalid),
        Case("a control character in the reason", "HTTP/1.1 200 O\u{1}K\r\n", .invalid),
        Case("a bare LF", "HTTP/1.1 200 OK\n", .invalid),
        Case("a bare LF in the fields", ok + "A: b\nC: d\r\n", .invalid),
        Case("a bare CR", ok + "A: b\rContent-Length: 0\r\n", .invalid),
        Case("NUL", ok + "A: b\0c\r\n", .invalid),
        Case("DEL", ok + "A: \u{7F}\r\n", .invalid),
        Case("folding", ok + "A: b\r\n c\r\n", .invalid),
        Case("a space before the colon", ok + "Content-Length : 2\r\n", .invalid),
        Case("no colon", ok + "Content-Length 2\r\n", .invalid),
        Case("no name", ok + ": x\r\n", .invalid),
        Case("a name that is no token", ok + "a(b): x\r\n", .invalid),
        Case("a vertical tab before chunked", ok + "Transfer-Encoding: \u{B}chunked\r\n", .invalid),
    ]

    static let cutShort = [
        Case("nothing", "", .lost),
        Case("half a status line", "HTTP/1.1 2", .lost),
        Case("half a head", ok + "Content-Length: 2\r\n", .lost),
        Case("half a body", ok + "Content-Length: 2\r\n\r\n{", .lost),
        Case("no last chunk", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", .lost),
        Case("chunks without the last CR LF", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", .lost),
        Case("only an informational answer", "HTTP/1.1 100 X\r\n\r\n", .lost),
    ]

    @Test("An answer is read the same however its bytes are cut", arguments: whole + broken + cutShort)
    func cuts(_ example: Case) {
        let bytes = Array(example.input.utf8)
        #expect(Self.read([bytes]) == example.reading)
        #expect(Self.read(bytes.map { [$0] }) == example.reading)
        for place in bytes.indices {
            #expect(Self.read([Array(bytes[..<place]), Array(bytes[place...])]) == example.reading)
        }
    }

    @Test("Bytes behind the answer spoil the connection, not the answer", arguments: whole)
    func bytesBehind(_ example: Case) {
        guard case .answer(let status, let body, _) = example.reading, !example.testDescription.hasPrefix("to the end")
        else {
            return
        }
        let bytes = Array((example.input + "H").utf8)
        #expect(Self.read([bytes]) == .answer(status, body, isReusable: false))
    }

    @Test("A head of 64 KiB passes and one byte more does not")
    func headLimit() {
        let frame = Self.ok + "Content-Length: 0\r\nA: \r\n\r\n"
        let padding = String(repeating: "x", count: ResponseParser.headLimit - frame.utf8.count)
        let largest = Self.ok + "Content-Length: 0\r\nA: \(padding)\r\n\r\n"
        #expect(Self.read([Array(largest.utf8)]) == .answer(200, "", isReusable: true))
        let larger = Self.ok + "Content-Length: 0\r\nA: \(padding)x\r\n\r\n"
        #expect(Self.read([Array(larger.utf8)]) == .invalid)
        // Without an end in sight it is not gathered any further either.
        #expect(Self.read([Array(repeating: 0x41, count: ResponseParser.headLimit + 1)]) == .invalid)
    }

    @Test("A body of 256 KiB passes in every framing and one byte more does not", arguments: [0, 1])
    func bodyLimit(_ excess: Int) {
        let body = String(repeating: "x", count: ResponseParser.bodyLimit + excess)
        let size = body.utf8.count
        let isWhole = { (reading: Reading) in reading == .invalid ? false : reading != .lost }
        let sized = Self.ok + "Content-Length: \(size)\r\n\r\n\(body)"
        #expect(isWhole(Self.read([Array(sized.utf8)])) == (excess == 0))
        let chunked = Self.ok + "Transfer-Encoding: chunked\r\n\r\n\(String(size, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        #expect(isWhole(Self.read([Array(chunked.utf8)])) == (excess == 0))
        let toClose = Self.ok + "Connection: close\r\n\r\n\(body)"
        #expect(isWhole(Self.read([Array(toClose.utf8)])) == (excess == 0))
    }

    struct TypeCase: Sendable, CustomTestStringConvertible {
        var fields: String
        var isJSON: Bool
        var testDescription: String { fields.isEmpty ? "no type" : fields }
    }

    @Test(
        "Whether the body is JSON is told by Content-Type and Content-Encoding",
        arguments: [
            TypeCase(fields: "Content-Type: application/json\r\n", isJSON: true),
            TypeCase(fields: "Content-Type: Application/JSON ; charset=utf-8\r\n", isJSON: true),
            TypeCase(fields: "Content-Type: application/problem+json\r\n", isJSON: true),
            TypeCase(fields: "Content-Type: application/+json\r\n", isJSON: false),
            TypeCase(fields: "Content-Type: application/jsonp\r\n", isJSON: false),
            TypeCase(fields: "Content-Type: text/html\r\n", isJSON: false),
            TypeCase(fields: "Content-Type: text/json\r\n", isJSON: false),
            TypeCase(fields: "", isJSON: false),
            TypeCase(fields: "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", isJSON: false),
            TypeCase(fields: "Content-Type: application/json\r\nContent-Type: text/html\r\n", isJSON: false),
            TypeCase(fields: "Content-Type: text/html\r\nContent-Type: application/json\r\n", isJSON: false),
        ])
    func contentType(_ example: TypeCase) throws {
        let answer = try #require(Self.answer(Self.ok + example.fields + "Content-Length: 0\r\n\r\n"))
        #expect(answer.isJSON == example.isJSON)
    }

    @Test("The fields that go back are taken out, if they can be shown")
    func fields() throws {
        let answer = try #require(
            Self.answer(
                Self.ok + "Retry-After: 7\r\nRateLimit-Limit: 200\r\nratelimit-remaining: 0\r\nRATELIMIT-RESET: 3\r\n"
                    + "X-Request-ID: abc-1\r\nRetry-After: 8\r\nContent-Length: 0\r\n\r\n"))
        #expect(answer.retryAfter == Array("7".utf8)[...])
        #expect(answer.rateLimitLimit == Array("200".utf8)[...])
        #expect(answer.rateLimitRemaining == Array("0".utf8)[...])
        #expect(answer.rateLimitReset == Array("3".utf8)[...])
        #expect(answer.requestID == Array("abc-1".utf8)[...])
        let long = String(repeating: "1", count: 65)
        let odd = try #require(
            Self.answer(
                Self.ok
                    + "Retry-After: \(long)\r\nRateLimit-Limit: a\tb\r\nX-Request-ID: \u{e9}\r\nContent-Length: 0\r\n\r\n"
            ))
        #expect(odd.retryAfter == nil)
        #expect(odd.rateLimitLimit == nil)
        #expect(odd.requestID == nil)
    }

    @Test("Random bytes and random damage never do worse than being invalid", arguments: [1, 2, 3] as [UInt64])
    func damage(_ seed: UInt64) {
        var state = seed
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<2_000 {
            var bytes = Array(Self.whole[random(Self.whole.count)].input.utf8)
            for _ in 0...random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
            let place = random(bytes.count)
            let reading = Self.read([bytes])
            // How it is cut must not matter for damaged input either.
            #expect(Self.read([Array(bytes[..<place]), Array(bytes[place...])]) == reading, "\(bytes)")
        }
    }

    private static func answer(_ text: String) -> UpstreamAnswer? {
        var parser = ResponseParser()
        guard case .complete(let answer, _) = Array(text.utf8).withUnsafeBytes({ parser.feed($0) }) else { return nil }
        return answer
    }

    /// Feeds the parts, then the end of the connection.
    private static func read(_ parts: [[UInt8]]) -> Reading {
        var parser = ResponseParser()
        for (index, part) in parts.enumerated() {
            switch part.withUnsafeBytes({ parser.feed($0) }) {
            case .incomplete: break
            case .invalid: return .invalid
            case .complete(let answer, let isReusable):
                // Whoever receives the rest later finds the connection idle and drops it.
                let isLast = parts[(index + 1)...].allSatisfy(\.isEmpty)
                let body = String(decoding: answer.body, as: UTF8.self)
                return .answer(answer.status, body, isReusable: isReusable && isLast)
            }
        }
        guard case .complete(let answer, let isReusable) = parser.end() else { return .lost }
        return .answer(answer.status, String(decoding: answer.body, as: UTF8.self), isReusable: isReusable)
    }
}
