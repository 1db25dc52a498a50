import Testing

@testable import EdgeCore

@Suite struct RequestReaderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var input: [UInt8]
        var events: [RequestReading.Event]
        var discarding = false

        init(_ description: String, _ input: String, _ events: [RequestReading.Event], discarding: Bool = false) {
            (testDescription, self.input, self.events) = (description, Array(input.utf8), events)
            self.discarding = discarding
        }
    }

    private static let line = "POST /v1/track HTTP/1.1\r\nHost: a\r\n"
    private static let get = RequestReading.Event.head("GET / HTTP/1.1, none, keep-alive; host=a")

    private static func post(_ rest: String) -> RequestReading.Event { .head("POST /v1/track HTTP/1.1, \(rest)") }

    static let streams = [
        Case("a request without a body", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", [get, .body("")]),
        Case(
            "a body of a length", line + "Content-Length: 5\r\n\r\nhello",
            [post("length(5), keep-alive; host=a; content-length=5"), .body("hello")]),
        Case(
            "a body of no length", line + "Content-Length: 0\r\n\r\n",
            [post("length(0), keep-alive; host=a; content-length=0"), .body("")]),
        Case(
            "a body in chunks", line + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nx: y\r\n\r\n",
            [post("chunked, keep-alive; host=a; transfer-encoding=chunked"), .body("hello")]),
        Case(
            "a body that looks like a request", line + "Content-Length: 27\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            [
                post("length(27), keep-alive; host=a; content-length=27"),
                .body("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ]),
        Case(
            "pipelined requests",
            line + "Content-Length: 2\r\n\r\nhiGET / HTTP/1.1\r\nHost: a\r\n\r\n" + line
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            [
                post("length(2), keep-alive; host=a; content-length=2"), .body("hi"), get, .body(""),
                post("chunked, keep-alive; host=a; transfer-encoding=chunked"), .body(""), get, .body(""),
            ]),
        Case("an empty line before a request", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", [get, .body("")]),
        Case(
            "an empty line between requests",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", [get, .body(""), get, .body("")]),
        Case("two empty lines before a request", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", [.failed(.badRequest)]),
        Case("nothing", "", []),
        Case("half a head", "GET / HTTP/1.1\r\nHost: a\r\n", []),
        Case(
            "half a body", line + "Content-Length: 5\r\n\r\nhell",
            [post("length(5), keep-alive; host=a; content-length=5")]),
        Case(
            "a broken chunk", line + "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
            [post("chunked, keep-alive; host=a; transfer-encoding=chunked"), .failed(.badRequest)]),
        Case(
            "chunks beyond the limit", line + "Transfer-Encoding: chunked\r\n\r\n41\r\n",
            [post("chunked, keep-alive; host=a; transfer-encoding=chunked"), .failed(.bodyTooLarge)]),
        Case(
            "nothing is read behind a failure", "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            [.failed(.badRequest)]),
        Case(
            "a discarded body of a length, and the next request",
            line + "Content-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            [post("length(5), keep-alive; host=a; content-length=5"), .discarded, get, .discarded], discarding: true),
        Case(
            "a discarded body in chunks, and the next request",
            line + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            [
                post("chunked, keep-alive; host=a; transfer-encoding=chunked"), .discarded, get, .discarded,
            ], discarding: true),
        Case(
            "a discarded broken chunk", line + "Transfer-Encoding: chunked\r\n\r\nx",
            [post("chunked, keep-alive; host=a; transfer-encoding=chunked"), .failed(.badRequest)], discarding: true),
    ]

    @Test("Bytes become the same requests however they are cut", arguments: streams)
    func reads(_ row: Case) {
        #expect(RequestReading.events(of: [row.input], discarding: row.discarding) == row.events)
        for parts in RequestReading.cuts(of: row.input) {
            let events = RequestReading.events(of: parts, discarding: row.discarding)
            #expect(events == row.events, "cut after \(parts[0].count) of \(parts.count) parts")
        }
    }

    @Test("The next body is kept after one that was discarded")
    func discardingEnds() {
        var reader = RequestReader()
        let head = Array("\(Self.line)Content-Length: 2\r\n\r\n".utf8)
        var bodies: [[UInt8]?] = []
        for (part, discards) in [(head, true), (Array("no".utf8), false), (head, false), (Array("hi".utf8), false)] {
            switch part.withUnsafeBytes({ reader.next($0, limits: ConnectionSettings(), maximumBodySize: 64).event }) {
            case .head: if discards { reader.discardBody() }
            case .body(let body): bodies.append(body)
            case .discarded: bodies.append(nil)
            case .needsMore, .failure: Issue.record("not read")
            }
        }
        #expect(bodies == [nil, Array("hi".utf8)])
    }

    @Test(
        "A body that nobody wants takes no memory, and is as long as it may be",
        arguments: ["Content-Length: 90", "Transfer-Encoding: chunked"])
    func discardedMemory(framing: String) {
        var reader = RequestReader()
        func read(_ text: String) -> (used: Int, event: RequestReader.Event) {
            Array(text.utf8).withUnsafeBytes {
                reader.next($0, limits: ConnectionSettings(), maximumBodySize: 64)
            }
        }
        let isChunked = framing.hasSuffix("chunked")
        guard case .head = read("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n").event else {
            Issue.record("no head")
            return
        }
        reader.discardBody()
        let part = String(repeating: "a", count: 40)
        _ = read(isChunked ? "28\r\n\(part)\r\n" : part)
        #expect(reader.bodyCapacity == 0)
        let rest = read(isChunked ? "28\r\n\(part)\r\n" : part)
        #expect(reader.bodyCapacity == 0)
        if isChunked, case .failure(.bodyTooLarge) = rest.event { return }
        guard case .needsMore = rest.event, !isChunked else {
            Issue.record("not read as it has to be")
            return
        }
    }

    @Test("A request has begun when its first byte has come, and is over with its last")
    func isInsideRequest() {
        var reader = RequestReader()
        var pending: [UInt8] = []
        func feed(_ text: String) -> Bool {
            pending.append(contentsOf: text.utf8)
            var goesOn = true
            while goesOn {
                let (used, event) = pending.withUnsafeBytes {
                    reader.next($0, limits: ConnectionSettings(), maximumBodySize: 64)
                }
                pending.removeFirst(used)
                if case .needsMore = event { goesOn = false }
            }
            return reader.isInsideRequest
        }
        #expect(!reader.isInsideRequest)
        #expect(!feed("\r"), "half an empty line is no request")
        #expect(!feed("\n"), "an empty line is no request")
        #expect(feed("P"))
        #expect(feed("OST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"))
        #expect(feed("h"))
        #expect(!feed("i"))
    }

    @Test("Whatever bytes come, reading them ends and uses no more than came")
    func mutations() {
        var generator = SeededGenerator(seed: 4)
        let alphabet = Array("\r\n\t :,;0159aHTP/\0\u{7F}é".utf8)
        for row in Self.streams {
            for _ in 0..<300 {
                var input = row.input
                input.mutate(alphabet: alphabet, using: &generator)
                let whole = RequestReading.events(of: [input])
                let cut = Int.random(in: 0...input.count, using: &generator)
                let parts = RequestReading.events(of: [input[..<cut], input[cut...]])
                #expect(whole == parts, "\(String(decoding: input, as: UTF8.self)) cut at \(cut)")
            }
        }
    }
}
