import Testing

@testable import EdgeUpstream

/// The bytes of an upstream, and what they are read as.
struct AnswerExample: Sendable, CustomTestStringConvertible {
    /// What an answer is understood as, independent of how its bytes are cut.
    enum Reading: Equatable, Sendable {
        /// The body, and whether the connection may be used again.
        case answer(Int, String, isReusable: Bool)
        case invalid
        /// The bytes are over and the answer is not.
        case lost
    }

    var testDescription: String
    var input: String
    var reading: Reading

    init(_ description: String, _ input: String, _ reading: Reading) {
        (testDescription, self.input, self.reading) = (description, input, reading)
    }
}

extension AnswerExample {
    static let ok = "HTTP/1.1 200 OK\r\n"

    static let whole = [
        AnswerExample("sized", ok + "Content-Length: 2\r\n\r\n{}", .answer(200, "{}", isReusable: true)),
        AnswerExample("sized, empty", ok + "Content-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
        AnswerExample(
            "no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
        AnswerExample(
            "no space after the status", "HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n", .answer(503, "", isReusable: true)
        ),
        AnswerExample(
            "odd reason phrase", "HTTP/1.1 404 a\tb \u{e9}\r\nContent-Length: 0\r\n\r\n",
            .answer(404, "", isReusable: true)),
        AnswerExample(
            "no space after the colon", ok + "content-length:2\r\n\r\n{}", .answer(200, "{}", isReusable: true)),
        AnswerExample(
            "space around a value", ok + "CONTENT-LENGTH: \t 2 \t\r\n\r\n{}", .answer(200, "{}", isReusable: true)),
        AnswerExample("empty value", ok + "Server:\r\nContent-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
        AnswerExample(
            "chunked", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nT: x\r\n\r\n",
            .answer(200, "{}", isReusable: true)),
        AnswerExample(
            "chunked in capitals", ok + "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
            .answer(200, "", isReusable: true)),
        AnswerExample(
            "closing", ok + "Content-Length: 2\r\nConnection: close\r\n\r\n{}", .answer(200, "{}", isReusable: false)),
        AnswerExample(
            "closing, in a list", ok + "Content-Length: 2\r\nConnection: x, Close\r\n\r\n{}",
            .answer(200, "{}", isReusable: false)),
        AnswerExample(
            "kept alive", ok + "Content-Length: 2\r\nConnection: keep-alive\r\n\r\n{}",
            .answer(200, "{}", isReusable: true)),
        AnswerExample(
            "HTTP/1.0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
            .answer(200, "{}", isReusable: false)),
        AnswerExample("to the end, HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nabc", .answer(200, "abc", isReusable: false)),
        AnswerExample(
            "to the end, closing", ok + "Connection: close\r\n\r\nabc", .answer(200, "abc", isReusable: false)),
        AnswerExample("to the end, empty", ok + "Connection: close\r\n\r\n", .answer(200, "", isReusable: false)),
        AnswerExample("204", "HTTP/1.1 204 No Content\r\n\r\n", .answer(204, "", isReusable: true)),
        AnswerExample(
            "204 with length 0", "HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n", .answer(204, "", isReusable: true)),
        AnswerExample(
            "204 with a body", "HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\n{}", .answer(204, "", isReusable: false)),
        AnswerExample(
            "204 with chunks", "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .answer(204, "", isReusable: false)),
        AnswerExample(
            "304 with the length of what is not sent", "HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n",
            .answer(304, "", isReusable: true)),
        AnswerExample(
            "302", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
            .answer(302, "", isReusable: true)),
        AnswerExample(
            "100, 102 and 103 first",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 X\r\nA: b\r\n\r\nHTTP/1.1 103 X\r\nLink: <a>\r\n\r\n" + ok
                + "Content-Length: 1\r\n\r\nx", .answer(200, "x", isReusable: true)),
        AnswerExample(
            "as many informational answers as allowed",
            String(repeating: "HTTP/1.1 100 X\r\n\r\n", count: ResponseParser.informationalLimit) + ok
                + "Content-Length: 0\r\n\r\n", .answer(200, "", isReusable: true)),
    ]

    static let broken = [
        AnswerExample(
            "one informational answer too many",
            String(repeating: "HTTP/1.1 100 X\r\n\r\n", count: ResponseParser.informationalLimit + 1), .invalid),
        AnswerExample("101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", .invalid),
        AnswerExample("100 with a length", "HTTP/1.1 100 X\r\nContent-Length: 0\r\n\r\n", .invalid),
        AnswerExample("both framings", ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", .invalid),
        AnswerExample(
            "both framings, other order", ok + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", .invalid),
        AnswerExample("chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .invalid),
        AnswerExample(
            "chunked twice", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", .invalid),
        AnswerExample("gzip, chunked", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", .invalid),
        AnswerExample("xchunked", ok + "Transfer-Encoding: xchunked\r\n\r\n", .invalid),
        AnswerExample("identity", ok + "Transfer-Encoding: identity\r\n\r\n", .invalid),
        AnswerExample("two lengths", ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", .invalid),
        AnswerExample("a list of lengths", ok + "Content-Length: 2, 2\r\n\r\n{}", .invalid),
        AnswerExample("+2", ok + "Content-Length: +2\r\n\r\n{}", .invalid),
        AnswerExample("-2", ok + "Content-Length: -2\r\n\r\n{}", .invalid),
        AnswerExample("0x2", ok + "Content-Length: 0x2\r\n\r\n{}", .invalid),
        AnswerExample("no length", ok + "Content-Length: \r\n\r\n", .invalid),
        AnswerExample("twenty digits", ok + "Content-Length: 18446744073709551618\r\n\r\n{}", .invalid),
        AnswerExample(
            "a length over the limit", ok + "Content-Length: \(ResponseParser.bodyLimit + 1)\r\n\r\n", .invalid),
        AnswerExample(
            "a chunk over the limit",
            ok + "Transfer-Encoding: chunked\r\n\r\n\(String(ResponseParser.bodyLimit + 1, radix: 16))\r\n", .invalid),
        AnswerExample("a bad chunk size", ok + "Transfer-Encoding: chunked\r\n\r\n0x5\r\n", .invalid),
        AnswerExample("more in a chunk than said", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .invalid),
        AnswerExample("a chunk line without CR", ok + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n", .invalid),
        AnswerExample("no framing and no word of closing", ok + "Server: x\r\n\r\nabc", .invalid),
        AnswerExample("HTTP/0.9", "<html>\r\n", .invalid),
        AnswerExample("HTTP/2", "HTTP/2 200\r\n", .invalid),
        AnswerExample("HTTP/1.2", "HTTP/1.2 200 OK\r\n", .invalid),
        AnswerExample("lower case", "http/1.1 200 OK\r\n", .invalid),
        AnswerExample("two digits", "HTTP/1.1 20 OK\r\n", .invalid),
        AnswerExample("four digits", "HTTP/1.1 2000 OK\r\n", .invalid),
        AnswerExample("status 099", "HTTP/1.1 099 X\r\n", .invalid),
        AnswerExample("status 600", "HTTP/1.1 600 X\r\n", .invalid),
        AnswerExample("two spaces", "HTTP/1.1  200 OK\r\n", .invalid),
        AnswerExample("a blank line first", "\r\n" + ok, .invalid),
        AnswerExample("a control character in the reason", "HTTP/1.1 200 O\u{1}K\r\n", .invalid),
        AnswerExample("a bare LF", "HTTP/1.1 200 OK\n", .invalid),
        AnswerExample("a bare LF in the fields", ok + "A: b\nC: d\r\n", .invalid),
        AnswerExample("a bare CR", ok + "A: b\rContent-Length: 0\r\n", .invalid),
        AnswerExample("NUL", ok + "A: b\0c\r\n", .invalid),
        AnswerExample("DEL", ok + "A: \u{7F}\r\n", .invalid),
        AnswerExample("folding", ok + "A: b\r\n c\r\n", .invalid),
        AnswerExample("a space before the colon", ok + "Content-Length : 2\r\n", .invalid),
        AnswerExample("no colon", ok + "Content-Length 2\r\n", .invalid),
        AnswerExample("no name", ok + ": x\r\n", .invalid),
        AnswerExample("a name that is no token", ok + "a(b): x\r\n", .invalid),
        AnswerExample("a vertical tab before chunked", ok + "Transfer-Encoding: \u{B}chunked\r\n", .invalid),
    ]

    static let cutShort = [
        AnswerExample("nothing", "", .lost),
        AnswerExample("half a status line", "HTTP/1.1 2", .lost),
        AnswerExample("half a head", ok + "Content-Length: 2\r\n", .lost),
        AnswerExample("half a body", ok + "Content-Length: 2\r\n\r\n{", .lost),
        AnswerExample("no last chunk", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", .lost),
        AnswerExample("chunks without the last CR LF", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", .lost),
        AnswerExample("only an informational answer", "HTTP/1.1 100 X\r\n\r\n", .lost),
    ]
}
