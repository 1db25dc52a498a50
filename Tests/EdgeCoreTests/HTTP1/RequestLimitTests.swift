import Testing

@testable import EdgeCore

@Suite struct RequestLimitTests {
    /// 64 bytes and 3 field lines.
    private static let small: ConnectionSettings = {
        var limits = ConnectionSettings()
        (limits.headerSize, limits.headerCount) = (64, 3)
        return limits
    }()

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var input: [UInt8]
        var reason: Reason?

        init(_ description: String, _ input: String, _ reason: Reason? = nil) {
            (testDescription, self.input, self.reason) = (description, Array(input.utf8), reason)
        }
    }

    private static func padded(_ size: Int) -> String {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        return start + String(repeating: "x", count: size - start.utf8.count - 4) + "\r\n\r\n"
    }

    static let cases = [
        Case("a head as large as the limit", padded(64)),
        Case("a head that is one byte larger", padded(65), .headerTooLarge),
        Case("a head that is much larger", padded(1_000), .headerTooLarge),
        Case(
            "a head that is larger, and a body with line ends of its own", padded(65) + "{\n \"a\": 1\n}",
            .headerTooLarge),
        Case("a head as large as the limit behind an empty line", "\r\n" + padded(64)),
        Case(
            "one field more, and a bare LF", "GET / HTTP/1.1\r\nHost: a\r\na:\r\na:\r\na:\r\na: b\nc\r\n\r\n",
            .badRequest),
        Case(
            "one field more, and a control", "GET / HTTP/1.1\r\nHost: a\r\na:\r\na:\r\na:\r\na: \0\r\n\r\n", .badRequest
        ),
        Case("a head that does not end", "GET / HTTP/1.1\r\nHost: a\r\nX: \(padded(80))", .headerTooLarge),
        Case(
            "a target over the limit", "GET /\(String(repeating: "x", count: 80)) HTTP/1.1\r\nHost: a\r\n\r\n",
            .targetTooLong),
        Case("a target that does not end", "GET /\(String(repeating: "x", count: 80))", .targetTooLong),
        Case(
            "a target over the limit in a head that does not end",
            "GET /\(String(repeating: "x", count: 80)) HTTP/1.1\r\nHost: a\r\n", .targetTooLong),
        Case("a method over the limit", String(repeating: "M", count: 80), .targetTooLong),
        Case("as many fields as there may be", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\n\r\n"),
        Case("one field more", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", .headerTooLarge),
        Case(
            "fields that nobody looks at count", "GET / HTTP/1.1\r\nHost: a\r\na:\r\na:\r\na:\r\n\r\n", .headerTooLarge),
    ]

    @Test("Limits hold however the bytes are cut", arguments: cases)
    func holds(_ row: Case) {
        for parts in [[row.input[...]]] + RequestReading.cuts(of: row.input) {
            let events = RequestReading.events(of: parts, limits: Self.small)
            if let reason = row.reason {
                #expect(events == [.failed(reason)], "cut after \(parts[0].count)")
            } else {
                #expect(events.count == 2, "cut after \(parts[0].count)")
            }
        }
    }

    struct Answer: CustomTestStringConvertible, Sendable {
        var failure: RequestFailure
        var status: Int
        var code: ErrorCode
        var reason: Reason
        var message: String
        var testDescription: String { reason.rawValue }
    }

    static let answers = [
        Answer(
            failure: .malformed("Host is missing."), status: 400, code: .badRequest, reason: .badRequest,
            message: "Host is missing."),
        Answer(
            failure: .targetTooLong, status: 414, code: .badRequest, reason: .targetTooLong,
            message: "The request line is too long."),
        Answer(
            failure: .headerTooLarge, status: 431, code: .badRequest, reason: .headerTooLarge,
            message: "The request's header fields are too large or too many."),
        Answer(
            failure: .bodyTooLarge(maximum: 32_768), status: 413, code: .invalidRequestBody, reason: .bodyTooLarge,
            message: "The request body is larger than 32768 bytes."),
    ]

    @Test("Each failure has its answer, and the connection closes", arguments: answers)
    func answer(_ row: Answer) {
        let refusal = Refusal.unreadable(row.failure)
        #expect(refusal.status == row.status)
        #expect(refusal.code == row.code)
        #expect(refusal.reason == row.reason)
        #expect(refusal.message.description == row.message)
        #expect(refusal.closesConnection)
        #expect(refusal.outcome == .rejected)
    }
}
