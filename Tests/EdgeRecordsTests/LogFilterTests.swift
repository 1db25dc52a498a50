import EdgeCore
import Testing

@testable import EdgeRecords

@Suite struct LogFilterTests {
    private static let now = Samples.time

    /// One option as it is typed, and which of the lines of ``lines`` it lets pass.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var passes: [Int]
        var set: @Sendable (inout LogFilter) throws(FilterProblem) -> Void

        init(
            _ description: String, _ passes: [Int],
            _ set: @escaping @Sendable (inout LogFilter) throws(FilterProblem) -> Void
        ) {
            (testDescription, self.passes, self.set) = (description, passes, set)
        }
    }

    private static let lines = [
        #"{"v":1,"time":"2026-11-23T13:00:00.000Z","request_id":"aaaaaaaa-1","client":"10.1.2.3","origin":"https://App.example.com","key":{"type":"public","id":"0a1b2c3d","last4":"9f3c","name":"web"},"status":200,"outcome":"forwarded","bytes_in":1,"bytes_out":1,"duration_ms":200.000}"#,
        #"{"v":1,"time":"2026-11-23T13:10:00.000Z","request_id":"aaaaaaaa-2","client":"2001:db8::1","origin":"https://app.example.com:8443","key":{"type":"secret","id":"ffb2c3d0","last4":"zz3c"},"status":401,"outcome":"rejected","code":"INVALID_API_KEY","reason":"secret_key","bytes_in":1,"bytes_out":1,"duration_ms":199.999}"#,
        #"{"v":1,"time":"2026-11-23T13:20:00.000Z","request_id":"bbbbbbbb-3","client":"127.0.0.1","status":504,"outcome":"upstream_failed","code":"EXTERNAL_SERVICE_ERROR","reason":"upstream_timeout","bytes_in":1,"bytes_out":1,"duration_ms":15000.000}"#,
        #"{"v":1,"time":"2026-11-23T13:30:00.000Z","request_id":"b","outcome":"from_the_future"}"#,
        #"{"v":1,"time":"2026-11-23T13:30:00.000Z","event":"dropped","count":3}"#, "broken",
    ]

    static let rows: [Row] = [
        Row("nothing", [0, 1, 2, 3, 4]) { (_) throws(FilterProblem) in },
        Row("--status 200", [0, 4]) { (filter) throws(FilterProblem) in try filter.addStatuses("200") },
        Row("--status 401,5xx", [1, 2, 4]) { (filter) throws(FilterProblem) in try filter.addStatuses("401,5XX") },
        Row("--outcome", [0, 1, 4]) { (filter) throws(FilterProblem) in
            #expect(try filter.addOutcomes("forwarded,rejected") == [])
        },
        Row("--outcome of another version", [3, 4]) { (filter) throws(FilterProblem) in
            #expect(try filter.addOutcomes("from-the-future") == ["from-the-future"])
        },
        Row("--reason", [1, 4]) { (filter) throws(FilterProblem) in _ = try filter.addReasons("Secret-Key") },
        Row("--code", [1, 4]) { (filter) throws(FilterProblem) in _ = try filter.addCodes("invalid_api_key") },
        Row("--key name", [0, 4]) { (filter) throws(FilterProblem) in try filter.addKeys("web") },
        Row("--key id", [1, 4]) { (filter) throws(FilterProblem) in try filter.addKeys("#FFB2C3D0") },
        Row("--key last4", [0, 1, 4]) { (filter) throws(FilterProblem) in try filter.addKeys("9f3c,sk_…zz3c") },
        Row("--client", [1, 4]) { (filter) throws(FilterProblem) in try filter.addClients("2001:db8:0::1") },
        Row("--client block", [0, 2, 4]) { (filter) throws(FilterProblem) in
            try filter.addClients("10.0.0.0/8,loopback")
        },
        Row("--origin", [0, 4]) { (filter) throws(FilterProblem) in try filter.addOrigins("https://app.example.com/") },
        Row("--origin host", [0, 1, 4]) { (filter) throws(FilterProblem) in try filter.addOrigins("app.example.com") },
        Row("--request-id", [1, 4]) { (filter) throws(FilterProblem) in try filter.addRequestIDs("aaaaaaaa-2") },
        Row("--request-id prefix", [0, 1, 4]) { (filter) throws(FilterProblem) in try filter.addRequestIDs("aaaaaaaa")
        },
        Row("--request-id short", [3, 4]) { (filter) throws(FilterProblem) in try filter.addRequestIDs("b") },
        Row("--slower", [0, 2, 4]) { (filter) throws(FilterProblem) in try filter.setSlower("200ms") },
        Row("--slower in decimals", [0, 2, 4]) { (filter) throws(FilterProblem) in try filter.setSlower("0.2s") },
        Row("--since", [2, 3, 4]) { (filter) throws(FilterProblem) in
            try filter.setSince("2026-11-23T13:20", now: Self.now)
        },
        Row("--until", [0, 1]) { (filter) throws(FilterProblem) in
            try filter.setUntil("2026-11-23T14:20+01:00", now: Self.now)
        },
        Row("--since 15m", [3, 4]) { (filter) throws(FilterProblem) in try filter.setSince("15m", now: Self.now) },
        Row("two kinds", [1]) { (filter) throws(FilterProblem) in
            try filter.addStatuses("4xx,5xx")
            try filter.setUntil("2026-11-23 13:15:00.5Z", now: Self.now)
        },
    ]

    @Test("A filter lets pass what it says", arguments: rows)
    func passes(_ row: Row) throws {
        var filter = LogFilter()
        try row.set(&filter)
        let ready = LineFilter(filter)
        var passed: [Int] = []
        for (index, line) in Self.lines.enumerated() {
            // As the edge writes it, and in another form.
            for text in [line, line.replacing("\",\"", with: "\", \"")] {
                Array(text.utf8).withUnsafeBufferPointer { bytes in
                    LogLine.read(bytes) { if ready.passes($0) { passed.append(index) } }
                }
            }
        }
        #expect(passed == row.passes.flatMap { [$0, $0] })
    }

    struct Problem: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var set: @Sendable (inout LogFilter) throws(FilterProblem) -> Void

        init(_ message: String, _ set: @escaping @Sendable (inout LogFilter) throws(FilterProblem) -> Void) {
            (testDescription, self.set) = (message, set)
        }
    }

    static let problems: [Problem] = [
        Problem(#""6xx" is no status: write a number (401), all of a hundred (5xx), or both (401,5xx)"#) {
            (filter) throws(FilterProblem) in try filter.addStatuses("401,6xx")
        },
        Problem(#""" is no status: write a number (401), all of a hundred (5xx), or both (401,5xx)"#) {
            (filter) throws(FilterProblem) in try filter.addStatuses("\u{1B}")
        },
        Problem(#""401," has an empty value in it"#) { (filter) throws(FilterProblem) in try filter.addStatuses("401,")
        },
        Problem(#"there is no reason "secret_kye": did you mean secret_key?"#) { (filter) throws(FilterProblem) in
            _ = try filter.addReasons("secret_kye")
        },
        Problem(#"there is no outcome "forward": did you mean forwarded?"#) { (filter) throws(FilterProblem) in
            _ = try filter.addOutcomes("forward")
        },
        Problem(#"there is no code "FORBIDEN": did you mean FORBIDDEN?"#) { (filter) throws(FilterProblem) in
            _ = try filter.addCodes("FORBIDEN")
        },
        Problem(#""10.0.0.0/33" is no block: write 0 to 32 after the slash"#) { (filter) throws(FilterProblem) in
            try filter.addClients("10.0.0.0/33")
        },
        Problem(
            #""localhost" is no address: write one (203.0.113.7, 2001:db8::7), a block (10.0.0.0/8), loopback or private"#
        ) { (filter) throws(FilterProblem) in try filter.addClients("localhost") },
        Problem(#""200" is no duration: write a number and a unit (200ms, 3s, 5m)"#) { (filter) throws(FilterProblem) in
            try filter.setSlower("200")
        },
        Problem(
            "nothing lies between: --since is 2026-11-23T13:24:09.123Z, and --until 2026-11-23T00:00:00.000Z"
        ) { (filter) throws(FilterProblem) in
            try filter.setSince("15m", now: Self.now)
            try filter.setUntil("2026-11-23", now: Self.now)
        },
    ]

    @Test("A value that means nothing is said to, with what to write", arguments: problems)
    func refuses(_ problem: Problem) {
        var filter = LogFilter()
        var said: String?
        do throws(FilterProblem) { try problem.set(&filter) } catch { said = error.description }
        #expect(said?.replacing("\u{FFFD}", with: "") == problem.testDescription)
    }

    @Test("A whole key is refused and not repeated")
    func wholeKey() {
        var filter = LogFilter()
        let said = #expect(throws: FilterProblem.self) { try filter.addKeys("sk_0123456789abcdef") }
        #expect(said?.description.contains("0123") == false)
    }

    struct Moment: CustomTestStringConvertible, Sendable {
        var text: String
        var moment: String?
        var testDescription: String { text }
    }

    static let moments = [
        ("90s", "2026-11-23T13:37:39.123Z"), ("2h", "2026-11-23T11:39:09.123Z"), ("7d", "2026-11-16T13:39:09.123Z"),
        ("15m ago", "2026-11-23T13:24:09.123Z"), ("1.5h ago", "2026-11-23T12:09:09.123Z"), ("15m  ago", nil),
        ("0.4s", "2026-11-23T13:39:08.723Z"), (".4s", nil), ("1.s", nil), ("1.0001s", nil), (" ago", nil),
        ("9223372036.9s", nil),
        ("250ms", "2026-11-23T13:39:08.873Z"), ("2026-02-28", "2026-02-28T00:00:00.000Z"),
        ("2024-02-29T23:59", "2024-02-29T23:59:00.000Z"), ("2026-11-23 13:39:09", "2026-11-23T13:39:09.000Z"),
        ("2026-11-23t13:39:09.1239z", "2026-11-23T13:39:09.123Z"),
        ("2026-11-23T13:39:09.5-0230", "2026-11-23T16:09:09.500Z"),
        ("2026-11-23T00:30+01:00", "2026-11-22T23:30:00.000Z"), ("", nil), ("15", nil), ("m", nil), ("15 m", nil),
        ("-5m", nil), ("99999999999999999999d", nil), ("2026-02-29", nil), ("2026-1-1", nil), ("2026-11-23T", nil),
        ("2026-11-23T24:00", nil), ("2026-11-23T13:39:60", nil), ("2026-11-23T13:39:09.", nil),
        ("2026-11-23T13:39+25:00", nil), ("2026-11-23T13:39:09Zx", nil), ("today", nil),
    ].map(Moment.init)

    @Test("Times are read, and what is none is not", arguments: moments)
    func times(_ moment: Moment) {
        #expect(TimeText.moment(moment.text, now: Self.now)?.iso8601 == moment.moment)
    }
}
