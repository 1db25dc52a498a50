import EdgeCore
import EdgeUpstream
import NIOHPACK
import Testing

@testable import EdgeServer

@Suite struct ResponseWriterTests {
    /// Mon, 23 Nov 2026 13:12:01.042 UTC.
    private static let time = WallTime(milliseconds: 1_795_439_521_042)
    private static let requestID = Identifier(given: Array("0190163d-8694-739b-aea5-966c26f8ad91".utf8)[...])

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var answer: @Sendable () -> Answer
        var origin = OriginFinding.absent
        var omitsBody = false
        var close = false
        var lines: [String]
        var body = ""
    }

    private static let fixed = [
        "Date: Mon, 23 Nov 2026 13:12:01 GMT", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
        "X-Request-ID: 0190163d-8694-739b-aea5-966c26f8ad91",
    ]
    private static let json = "Content-Type: application/json; charset=utf-8"
    private static let exposed =
        "Access-Control-Expose-Headers: X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
    private static let preflight = [
        "Access-Control-Allow-Methods: POST",
        "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent",
        "Access-Control-Max-Age: 7200",
    ]
    private static let page = Array("https://app.example".utf8)[...]
    private static let named = ["Access-Control-Allow-Origin: https://app.example", "Vary: Origin"]

    private static func forwarded(_ status: Int = 200, _ body: String = "{}") -> Answer {
        Answer(
            passing: UpstreamAnswer(status: status, body: Array(body.utf8), isJSON: true), code: nil)
    }

    private static func limited() -> Answer {
        Answer(
            Refusal(
                429, .rateLimitExceeded, .rateLimited, message: "Rate limit exceeded", suggestion: "Wait a moment.",
                retryAfter: 10,
                limit: (RateLimit(perSecond: 20, burst: 100), RateLimitDecision(remaining: 0, reset: 5, retryAfter: 10))
            ))
    }

    private static let envelope =
        #"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded","statusCode":429,"#
        + #""requestId":"0190163d-8694-739b-aea5-966c26f8ad91","details":{"retryAfter":10},"#
        + #""suggestion":"Wait a moment."},"timestamp":"2026-11-23T13:12:01.042Z"}"#

    static let cases = [
        Case(
            testDescription: "an answer of Plunk's", answer: { forwarded() },
            lines: ["HTTP/1.1 200 OK"] + fixed + [json, "Content-Length: 2"], body: "{}"),
        Case(
            testDescription: "the last one on a connection", answer: { forwarded() }, close: true,
            lines: ["HTTP/1.1 200 OK"] + fixed + [json, "Content-Length: 2", "Connection: close"], body: "{}"),
        Case(
            testDescription: "a status without words", answer: { forwarded(418) },
            lines: ["HTTP/1.1 418 "] + fixed + [json, "Content-Length: 2"], body: "{}"),
        Case(
            testDescription: "to HEAD, as long as it would be, without its body",
            answer: { forwarded(401, "{\"a\":1}") },
            omitsBody: true, lines: ["HTTP/1.1 401 Unauthorized"] + fixed + [json, "Content-Length: 7"]),
        Case(
            testDescription: "a refusal with its limit", answer: limited,
            lines: ["HTTP/1.1 429 Too Many Requests"] + fixed + [
                json, "Content-Length: \(envelope.utf8.count)", "Retry-After: 10", "RateLimit-Limit: 100",
                "RateLimit-Remaining: 0", "RateLimit-Reset: 5",
            ], body: envelope),
        Case(
            testDescription: "to a page of the same origin", answer: { forwarded() }, origin: .same(page),
            lines: ["HTTP/1.1 200 OK"] + fixed + [json, "Content-Length: 2"], body: "{}"),
        Case(
            testDescription: "to a page that may not read it", answer: { forwarded() }, origin: .denied,
            lines: ["HTTP/1.1 200 OK"] + fixed + [json, "Content-Length: 2"], body: "{}"),
        Case(
            testDescription: "to an allowed page", answer: { forwarded() }, origin: .cross(page),
            lines: ["HTTP/1.1 200 OK"] + fixed + [json, "Content-Length: 2"] + named + [exposed], body: "{}"),
        Case(
            testDescription: "to any page", answer: { forwarded() }, origin: .any,
            lines: ["HTTP/1.1 200 OK"] + fixed + [
                json, "Content-Length: 2", "Access-Control-Allow-Origin: *", exposed,
            ], body: "{}"),
        Case(
            testDescription: "a preflight from an allowed page", answer: { .preflight }, origin: .cross(page),
            lines: ["HTTP/1.1 204 No Content"] + fixed + named + preflight),
        Case(
            testDescription: "a preflight from its own page", answer: { .preflight }, origin: .same(page),
            lines: ["HTTP/1.1 204 No Content"] + fixed + named + preflight),
        Case(
            testDescription: "a preflight where any page may call", answer: { .preflight }, origin: .any,
            lines: ["HTTP/1.1 204 No Content"] + fixed + ["Access-Control-Allow-Origin: *"] + preflight),
    ]

    @Test("An answer is written byte for byte", arguments: cases)
    func golden(_ row: Case) {
        var writer = ResponseWriter()
        var output = Array("before".utf8)
        let size = writer.append(
            row.answer(), requestID: Self.requestID, origin: row.origin, omitsBody: row.omitsBody, close: row.close,
            time: Self.time, to: &output)
        let expected = row.lines.map { "\($0)\r\n" }.joined() + "\r\n" + row.body
        #expect(String(decoding: output, as: UTF8.self) == "before" + expected)
        #expect(size == expected.utf8.count)
    }

    @Test("HTTP/2 carries the same fields in lower case", arguments: cases)
    func http2(_ row: Case) {
        var writer = ResponseWriter()
        let (headers, body, size) = writer.fields(
            of: row.answer(), requestID: Self.requestID, origin: row.origin, time: Self.time)
        // What HTTP/1.1 says of the connection is nothing of HTTP/2's.
        let status = row.lines[0].split(separator: " ")[1]
        let fields = row.lines.dropFirst().filter { !$0.hasPrefix("Connection:") }.map { line in
            let name = line.prefix { $0 != ":" }
            return "\(name.lowercased())\(line.dropFirst(name.count))"
        }
        #expect(headers.map { "\($0.name): \($0.value)" } == [":status: \(status)"] + fields)
        #expect(headers.allSatisfy { $0.name != "x-request-id" || $0.indexable == .nonIndexable })
        if !row.omitsBody { #expect(body.elementsEqual(row.body.utf8)) }
        let text = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        #expect(size == text + body.count)
    }

    @Test("A writer remembers nothing of an earlier answer but the date")
    func reuse() {
        var writer = ResponseWriter()
        func write(_ answer: Answer, at time: WallTime, _ origin: OriginFinding = .absent) -> String {
            var output: [UInt8] = []
            _ = writer.append(
                answer, requestID: Self.requestID, origin: origin, omitsBody: false, close: false, time: time,
                to: &output)
            return String(decoding: output, as: UTF8.self)
        }
        let first = write(Self.forwarded(), at: Self.time)
        _ = write(Self.limited(), at: Self.time, .cross(Self.page))
        #expect(write(Self.forwarded(), at: Self.time) == first)
        let later = write(Self.forwarded(), at: WallTime(milliseconds: Self.time.milliseconds + 958))
        #expect(later == first.replacing("13:12:01", with: "13:12:02"))
    }
}
