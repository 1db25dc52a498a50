import EdgeCore
import Testing

@testable import EdgeUpstream

@Suite struct ResponseParserTests {
    @Test(
        "An answer is read the same however its bytes are cut",
        arguments: AnswerExample.whole + AnswerExample.broken + AnswerExample.cutShort)
    func cuts(_ example: AnswerExample) {
        let bytes = Array(example.input.utf8)
        #expect(Self.read([bytes]) == example.reading)
        #expect(Self.read(bytes.map { [$0] }) == example.reading)
        for place in bytes.indices {
            #expect(Self.read([Array(bytes[..<place]), Array(bytes[place...])]) == example.reading)
        }
    }

    @Test("Bytes behind the answer spoil the connection, not the answer", arguments: AnswerExample.whole)
    func bytesBehind(_ example: AnswerExample) {
        guard case .answer(let status, let body, _) = example.reading, !example.testDescription.hasPrefix("to the end")
        else {
            return
        }
        let bytes = Array((example.input + "H").utf8)
        #expect(Self.read([bytes]) == .answer(status, body, isReusable: false))
    }

    @Test("A head of 64 KiB passes and one byte more does not")
    func headLimit() {
        let frame = AnswerExample.ok + "Content-Length: 0\r\nA: \r\n\r\n"
        let padding = String(repeating: "x", count: ResponseParser.headLimit - frame.utf8.count)
        let largest = AnswerExample.ok + "Content-Length: 0\r\nA: \(padding)\r\n\r\n"
        #expect(Self.read([Array(largest.utf8)]) == .answer(200, "", isReusable: true))
        let larger = AnswerExample.ok + "Content-Length: 0\r\nA: \(padding)x\r\n\r\n"
        #expect(Self.read([Array(larger.utf8)]) == .invalid)
        // Without an end in sight it is not gathered any further either.
        #expect(Self.read([Array(repeating: 0x41, count: ResponseParser.headLimit + 1)]) == .invalid)
    }

    @Test("A body of 256 KiB passes in every framing and one byte more does not", arguments: [0, 1])
    func bodyLimit(_ excess: Int) {
        let body = String(repeating: "x", count: ResponseParser.bodyLimit + excess)
        let size = body.utf8.count
        let isWhole = { (reading: AnswerExample.Reading) in reading == .invalid ? false : reading != .lost }
        let sized = AnswerExample.ok + "Content-Length: \(size)\r\n\r\n\(body)"
        #expect(isWhole(Self.read([Array(sized.utf8)])) == (excess == 0))
        let chunked =
            AnswerExample.ok + "Transfer-Encoding: chunked\r\n\r\n\(String(size, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        #expect(isWhole(Self.read([Array(chunked.utf8)])) == (excess == 0))
        let toClose = AnswerExample.ok + "Connection: close\r\n\r\n\(body)"
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
            TypeCase(fields: "Content-Type: application/json\r\nContent-Encoding: Identity\r\n", isJSON: true),
            TypeCase(
                fields: "Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Type: application/json\r\n",
                isJSON: false),
            TypeCase(fields: "Content-Type: application/json\r\nContent-Type: text/html\r\n", isJSON: false),
            TypeCase(fields: "Content-Type: text/html\r\nContent-Type: application/json\r\n", isJSON: false),
        ])
    func contentType(_ example: TypeCase) throws {
        let answer = try #require(Self.answer(AnswerExample.ok + example.fields + "Content-Length: 0\r\n\r\n"))
        #expect(answer.isJSON == example.isJSON)
    }

    @Test("The fields that go back are taken out, if they can be shown")
    func fields() throws {
        let answer = try #require(
            Self.answer(
                AnswerExample.ok
                    + "Retry-After: 7\r\nRateLimit-Limit: 200\r\nratelimit-remaining: 0\r\nRATELIMIT-RESET: 3\r\n"
                    + "X-Request-ID: abc-1\r\nRetry-After: 8\r\nContent-Length: 0\r\n\r\n"))
        #expect(answer.retryAfter == Array("7".utf8)[...])
        #expect(answer.rateLimitLimit == Array("200".utf8)[...])
        #expect(answer.rateLimitRemaining == Array("0".utf8)[...])
        #expect(answer.rateLimitReset == Array("3".utf8)[...])
        #expect(answer.requestID == Array("abc-1".utf8)[...])
        let long = String(repeating: "1", count: 65)
        let odd = try #require(
            Self.answer(
                AnswerExample.ok
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
            var bytes = Array(AnswerExample.whole[random(AnswerExample.whole.count)].input.utf8)
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
    private static func read(_ parts: [[UInt8]]) -> AnswerExample.Reading {
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
