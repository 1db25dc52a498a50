import EdgeTestSupport
import Testing

@testable import EdgeCore

@Suite struct RequestFramingTests {
    struct Accepted: CustomTestStringConvertible, Sendable {
        var testDescription: String { fields.debugDescription }
        var fields: String
        var version = "1.1"
        var framing = RequestHead.BodyFraming.none
        var expectsContinue = false
        var isKeepAlive = true
    }

    static let accepted = [
        Accepted(fields: ""),
        Accepted(fields: "Content-Length: 0\r\n", framing: .length(0)),
        Accepted(fields: "Content-Length: 5\r\n", framing: .length(5)),
        Accepted(fields: "content-length:\t5 \r\n", framing: .length(5)),
        Accepted(fields: "Content-Length: 999999999999999\r\n", framing: .length(999_999_999_999_999)),
        Accepted(fields: "Content-Length: 5\r\n", version: "1.0", framing: .length(5), isKeepAlive: false),
        Accepted(fields: "Transfer-Encoding: chunked\r\n", framing: .chunked),
        Accepted(fields: "transfer-encoding: CHUNKED\r\n", framing: .chunked),
        Accepted(fields: "Expect: 100-continue\r\n", expectsContinue: true),
        Accepted(fields: "Expect: 100-Continue\r\n", expectsContinue: true),
        Accepted(fields: "Expect: 100-continue\r\n", version: "1.0", isKeepAlive: false),
        Accepted(fields: "Expect: something\r\n", version: "1.0", isKeepAlive: false),
        Accepted(fields: "Connection: close\r\n", isKeepAlive: false),
        Accepted(fields: "Connection: Close\r\n", isKeepAlive: false),
        Accepted(fields: "Connection: keep-alive, \tclose \r\n", isKeepAlive: false),
        Accepted(fields: "Connection: keep-alive\r\nConnection: close\r\n", isKeepAlive: false),
        Accepted(fields: "Connection: closed, enclose, x-close\r\n"),
        Accepted(fields: "Connection: authorization, content-length\r\nContent-Length: 5\r\n", framing: .length(5)),
        Accepted(fields: "Connection: keep-alive\r\n", version: "1.0", isKeepAlive: false),
        Accepted(fields: "Connection: upgrade\r\nUpgrade: h2c\r\n"),
        // No field that the edge looks at: servers that read them as one would have to read an underscore as a hyphen.
        Accepted(fields: "Content_Length: 5\r\n"),
        Accepted(fields: "Transfer_Encoding: chunked\r\n"),
    ]

    @Test("The fields say where the body ends and what becomes of the connection", arguments: accepted)
    func accepts(_ row: Accepted) throws {
        let text = "POST / HTTP/\(row.version)\r\nHost: a\r\n\(row.fields)\r\n"
        let head = try #require(RequestHead.read(Array(text.utf8)))
        #expect(head.framing == row.framing)
        #expect(head.expectsContinue == row.expectsContinue)
        #expect(head.isKeepAlive == row.isKeepAlive)
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        var testDescription: String { "HTTP/\(version) \(fields.debugDescription)" }
        var fields: String
        var version: String
        var failure: RequestFailure

        init(_ fields: String, version: String = "1.1", _ message: RequestFailure.StaticMessage) {
            (self.fields, self.version, failure) = (fields, version, .malformed(message))
        }
    }

    private static let number: RequestFailure.StaticMessage = "Content-Length is not a plain number."
    private static let coding: RequestFailure.StaticMessage = "The only Transfer-Encoding is chunked."
    private static let both: RequestFailure.StaticMessage = "Content-Length and Transfer-Encoding stand together."
    private static let twice: RequestFailure.StaticMessage = "Content-Length stands twice."

    static let lengths =
        ["", "5, 5", "5,5", "+5", "-1", "05", "00", "0x5", "5;", "5 5", "5.0", "1e1", "\"5\"", "five", "٥"].map {
            Refused("Host: a\r\nContent-Length: \($0)\r\n", number)
        } + [
            Refused("Host: a\r\nContent-Length: 1000000000000000\r\n", number),
            Refused("Host: a\r\nContent-Length: 18446744073709551621\r\n", number),
            Refused("Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n", twice),
            Refused("Host: a\r\nContent-Length: 5\r\ncontent-length: 6\r\n", twice),
            Refused("Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", both),
            Refused("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", both),
            Refused("Host: a\r\nTransfer-Encoding: x\r\nContent-Length: 0\r\n", both),
        ]

    static let codings =
        [
            "", "xchunked", "chunkedx", "chunked, chunked", "gzip, chunked", "chunked, gzip", "identity", "gzip",
            "\"chunked\"", "chunked;q=1", "chunked,", ", chunked", "chunked chunked", "chunкed",
        ].map { Refused("Host: a\r\nTransfer-Encoding: \($0)\r\n", coding) } + [
            Refused(
                "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding stands twice."),
            Refused(
                "Host: a\r\nTransfer-Encoding: identity\r\ntransfer-encoding: chunked\r\n",
                "Transfer-Encoding stands twice."),
            Refused("Host: a\r\nTransfer-Encoding : chunked\r\n", "A header field's name is malformed."),
            Refused("Host: a\r\nTransfer-Encoding:\r\n chunked\r\n", "A header field's name is malformed."),
            Refused("Host: a\r\nTransfer-Encoding: \u{0B}chunked\r\n", "The request holds a control character."),
            Refused("Transfer-Encoding: chunked\r\n", version: "1.0", "HTTP/1.0 has no Transfer-Encoding."),
        ]

    static let others = [
        Refused("", "Host is missing."),
        Refused("Host: a\r\nHost: a\r\n", "Host stands twice."),
        Refused("Host: a\r\nhost: b\r\n", version: "1.0", "Host stands twice."),
        Refused("Host:\r\n", "Host is malformed."),
        Refused("Host: a:99999\r\n", "Host is malformed."),
        Refused("Host: user@a\r\n", "Host is malformed."),
        Refused("Host: a, b\r\n", "Host is malformed."),
        Refused("Host: a/b\r\n", version: "1.0", "Host is malformed."),
        Refused("Host: a\r\nExpect: 200-ok\r\n", "The only expectation is 100-continue."),
        Refused("Host: a\r\nExpect: 100-continue, x\r\n", "The only expectation is 100-continue."),
        Refused("Host: a\r\nExpect:\r\n", "The only expectation is 100-continue."),
        Refused("Host: a\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n", "Expect stands twice."),
        Refused("Host: a\r\nOrigin: https://a\r\nOrigin: https://a\r\n", "Origin stands twice."),
    ]

    @Test("A request that two servers could cut differently is an error", arguments: lengths + codings + others)
    func refuses(_ row: Refused) {
        let request = Array("POST / HTTP/\(row.version)\r\n\(row.fields)\r\n".utf8)
        #expect(RequestReading.failure(of: request) == row.failure)
        // What stands behind it is never taken for a request.
        let smuggled = request + Array("0\r\n\r\nPOST /v1/track HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for parts in RequestReading.cuts(of: smuggled) {
            #expect(RequestReading.events(of: parts) == [.failed(.badRequest)], "cut after \(parts[0].count)")
        }
    }
}
