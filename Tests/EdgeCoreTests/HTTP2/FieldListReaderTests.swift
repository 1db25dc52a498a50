import Testing

@testable import EdgeCore

@Suite struct FieldListReaderTests {
    struct Accepted: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var fields: FieldList
        var head: String

        init(_ description: String, _ fields: FieldList, _ head: String) {
            (testDescription, self.fields, self.head) = (description, fields, head)
        }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var fields: FieldList
        var failure: RequestFailure

        init(_ description: String, _ fields: FieldList, _ message: RequestFailure.StaticMessage) {
            (testDescription, self.fields, failure) = (description, fields, .malformed(message))
        }
    }

    private static let least = FieldListReading.least

    private static func replacing(_ name: String, _ value: String) -> FieldList {
        least.map { $0.name == name ? (name, value) : $0 }
    }

    private static func without(_ name: String) -> FieldList { least.filter { $0.name != name } }

    static let accepted: [Accepted] = [
        Accepted("the least", least, "POST /v1/track HTTP/2, none, keep-alive; host=a"),
        Accepted(
            "in any order", least.reversed(), "POST /v1/track HTTP/2, none, keep-alive; host=a"),
        Accepted(
            "without TLS", replacing(":scheme", "http"), "POST /v1/track HTTP/2, none, keep-alive; host=a"),
        Accepted(
            "a method of any token", replacing(":method", "p'o~st"), "p'o~st /v1/track HTTP/2, none, keep-alive; host=a"
        ),
        Accepted(
            "a path is left as it is", replacing(":path", "/%2e/../a//b\\;c=#?q"),
            "POST /%2e/../a//b\\;c=#?q HTTP/2, none, keep-alive; host=a"),
        Accepted("asterisk form", replacing(":path", "*"), "POST * HTTP/2, none, keep-alive; host=a"),
        Accepted(
            "a port", replacing(":authority", "[::1]:8443"), "POST /v1/track HTTP/2, none, keep-alive; host=[::1]:8443"),
        Accepted(
            "host in place of :authority", without(":authority") + [("host", "b:1")],
            "POST /v1/track HTTP/2, none, keep-alive; host=b:1"),
        Accepted("host beside :authority", least + [("host", "a")], "POST /v1/track HTTP/2, none, keep-alive; host=a"),
        Accepted(
            "content-length", least + [("content-length", "5")],
            "POST /v1/track HTTP/2, length(5), keep-alive; host=a; content-length=5"),
        Accepted(
            "content-length of nothing", least + [("content-length", "0")],
            "POST /v1/track HTTP/2, length(0), keep-alive; host=a; content-length=0"),
        Accepted(
            "an expectation", least + [("expect", "100-Continue")],
            "POST /v1/track HTTP/2, none, keep-alive, expects 100; host=a; expect=100-Continue"),
        Accepted("te: trailers", least + [("te", "trailers")], "POST /v1/track HTTP/2, none, keep-alive; host=a"),
        Accepted(
            "a value that is empty", least + [("user-agent", "")],
            "POST /v1/track HTTP/2, none, keep-alive; host=a; user-agent="),
        Accepted(
            "spaces and tabs inside a value", least + [("user-agent", "a \t b")],
            "POST /v1/track HTTP/2, none, keep-alive; host=a; user-agent=a \t b"),
        Accepted(
            "a value beyond ASCII", least + [("user-agent", "é")],
            "POST /v1/track HTTP/2, none, keep-alive; host=a; user-agent=é"),
        Accepted(
            "fields that nobody looks at are forgotten",
            least + [("x", "y"), ("hos", "t"), ("cookie", "a"), ("cookie", "b")],
            "POST /v1/track HTTP/2, none, keep-alive; host=a"),
        Accepted(
            "fields that came twice are there twice, in order", least + [("user-agent", "a"), ("user-agent", "b")],
            "POST /v1/track HTTP/2, none, keep-alive; host=a; user-agent=a; user-agent=b"),
    ]

    private static let missing: RequestFailure.StaticMessage = "One of :method, :scheme and :path is missing."
    private static let late: RequestFailure.StaticMessage = "A pseudo-header field stands behind the others."
    private static let unknown: RequestFailure.StaticMessage = "A pseudo-header field is unknown."
    private static let method: RequestFailure.StaticMessage = ":method is malformed."
    private static let path: RequestFailure.StaticMessage =
        ":path is malformed: only visible ASCII may stand in it."
    private static let scheme: RequestFailure.StaticMessage = ":scheme is malformed."
    private static let host: RequestFailure.StaticMessage = "Host is malformed."
    private static let unlike: RequestFailure.StaticMessage = "Host is not what :authority says."
    private static let name: RequestFailure.StaticMessage = "A header field's name is malformed."
    private static let control: RequestFailure.StaticMessage = "A header field holds a control character."
    private static let space: RequestFailure.StaticMessage = "A header field's value begins or ends with a space."
    private static let connection: RequestFailure.StaticMessage =
        "A header field of HTTP/1.1's connections stands in an HTTP/2 request."
    private static let number: RequestFailure.StaticMessage = "Content-Length is not a plain number."

    static let pseudoFields: [Refused] =
        [
            Refused("nothing", [], missing), Refused("no :method", without(":method"), missing),
            Refused("no :scheme", without(":scheme"), missing), Refused("no :path", without(":path"), missing),
            Refused("no :authority, no host", without(":authority"), "Host is missing."),
            Refused(":method twice", least + [(":method", "POST")], method),
            Refused(":scheme twice", least + [(":scheme", "https")], scheme),
            Refused(":path twice", least + [(":path", "/v1/track")], path),
            Refused(":authority twice", least + [(":authority", "a")], ":authority stands twice."),
            Refused("an unknown one", least + [(":key", "a")], unknown),
            Refused("one of no name", least + [(":", "a")], unknown),
            Refused("one of an answer", least + [(":status", "200")], unknown),
            Refused("one in upper case", least + [(":Method", "POST")], unknown),
            Refused("extended CONNECT", replacing(":method", "CONNECT") + [(":protocol", "websocket")], unknown),
            Refused("CONNECT", [(":method", "CONNECT"), (":authority", "a:443")], missing),
            Refused("one behind the others", without(":path") + [("x", "y"), (":path", "/")], late),
            Refused("another scheme", replacing(":scheme", "ftp"), scheme),
            Refused("a scheme in upper case", replacing(":scheme", "HTTPS"), scheme),
            Refused("no scheme", replacing(":scheme", ""), scheme),
            Refused("an empty method", replacing(":method", ""), method),
            Refused("an empty path", replacing(":path", ""), path),
            Refused("an empty authority", replacing(":authority", ""), host),
            Refused("user information", replacing(":authority", "user@a"), host),
            Refused("a port that is none", replacing(":authority", "a:99999"), host),
            Refused("no port behind the colon", replacing(":authority", "a:"), host),
            Refused("two authorities", replacing(":authority", "a, b"), host),
            Refused("another host", least + [("host", "b")], unlike),
            Refused("host in other letter case", least + [("host", "A")], unlike),
            Refused("host with a port of its own", least + [("host", "a:443")], unlike),
            Refused("an empty host", least + [("host", "")], unlike),
            Refused("host twice", least + [("host", "a"), ("host", "a")], "Host stands twice."),
        ]
        + ["\r\n", "\n", "\r", "\0", " ", "\t", "\u{7F}", "é", "\u{200B}"].flatMap { inside in
            ["a\(inside)", "\(inside)a", "a\(inside)b"].flatMap { text in
                [
                    Refused(":method with \(text.debugDescription)", replacing(":method", text), method),
                    Refused(":path with \(text.debugDescription)", replacing(":path", text), path),
                    Refused(":scheme with \(text.debugDescription)", replacing(":scheme", text), scheme),
                    Refused(":authority with \(text.debugDescription)", replacing(":authority", text), host),
                ]
            }
        }

    static let names: [Refused] =
        ["X", "x-Mine", "x y", " x", "x ", "x:", "x\r\n", "x\0", "é", "x\"", "x(", "\u{212A}eep-alive"].map {
            Refused("the name \($0.debugDescription)", least + [($0, "a")], name)
        }
        + ["connection", "transfer-encoding", "keep-alive", "proxy-connection", "upgrade"].flatMap { name in
            ["", "a", "close", "chunked"].map { Refused("\(name): \($0)", least + [(name, $0)], connection) }
        }
        + ["gzip", "trailers, gzip", "Trailers", "", "trailers;q=1"].map {
            Refused("te: \($0)", least + [("te", $0)], "The only te of HTTP/2 is trailers.")
        }

    static let values: [Refused] =
        ["a\r\nx: y", "a\n", "\r", "a\0b", "\u{1}", "a\u{7F}", "a\u{B}b"].map {
            Refused("the value \($0.debugDescription)", least + [("user-agent", $0)], control)
        }
        + [" a", "a ", "\ta", "a\t", " ", "\t"].map {
            Refused("the value \($0.debugDescription)", least + [("x", $0)], space)
        }
        + ["", "5, 5", "+5", "-1", "05", "0x5", "5;", "five", "1000000000000000", "18446744073709551621"].map {
            Refused("content-length: \($0)", least + [("content-length", $0)], number)
        }
        + [
            Refused(
                "content-length twice", least + [("content-length", "5"), ("content-length", "5")],
                "Content-Length stands twice."),
            Refused(
                "origin twice", least + [("origin", "https://a"), ("origin", "https://a")], "Origin stands twice."),
            Refused("another expectation", least + [("expect", "200-ok")], "The only expectation is 100-continue."),
            Refused(
                "expect twice", least + [("expect", "100-continue"), ("expect", "100-continue")], "Expect stands twice."
            ),
        ]

    @Test("A head is what was sent", arguments: accepted)
    func accepts(_ row: Accepted) throws {
        #expect(RequestReading.describe(try FieldListReading.head(of: row.fields)) == row.head)
    }

    @Test("What is no request of HTTP/2 is an error that says why", arguments: pseudoFields + names + values)
    func refuses(_ row: Refused) { #expect(FieldListReading.failure(of: row.fields) == row.failure) }

    @Test("Only some bytes may stand in names and values", arguments: 0...127 as ClosedRange<UInt8>)
    func everyByte(_ byte: UInt8) {
        let text = String(UnicodeScalar(byte))
        let isLowerToken =
            byte.isASCIILetter && byte >= 0x61 || byte.isASCIIDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        #expect((FieldListReading.failure(of: Self.least + [("x\(text)y", "z")]) == nil) == isLowerToken)
        #expect(
            (FieldListReading.failure(of: Self.least + [("x", "y\(text)z")]) == nil)
                == (byte == 0x09 || byte >= 0x20 && byte != 0x7F))
        #expect(
            (FieldListReading.failure(of: Self.replacing(":path", "/\(text)")) == nil) == (0x21...0x7E).contains(byte))
    }

    @Test("The path is the target without its query")
    func path() throws {
        for (target, path) in [("/a?b?c", "/a"), ("/a", "/a"), ("?", ""), ("/a%3Fb", "/a%3Fb")] {
            #expect(try FieldListReading.head(of: Self.replacing(":path", target)).path.elementsEqual(path.utf8))
        }
    }

    @Test(
        "A secret key is found wherever it stands",
        arguments: [":method", ":path", ":authority", "x", "cookie", "name"])
    func secretKeys(place: String) throws {
        let secret = "sk_0123456789abcdef0123456789abcdef0123456789abcdef"
        let fields: FieldList =
            switch place {
            case ":method", ":authority": Self.replacing(place, secret)
            case ":path": Self.replacing(place, "/v1/track?key=\(secret)")
            case "name": Self.least + [(secret, "a")]
            default: Self.least + [("cookie", "a=b"), (place, secret), ("x-last", "c")]
            }
        let head = try FieldListReading.head(of: fields)
        #expect(
            SecretKeySearch.findHidden(in: head.everything, isJSON: false).map { String(decoding: $0, as: UTF8.self) }
                == secret)
    }
}
