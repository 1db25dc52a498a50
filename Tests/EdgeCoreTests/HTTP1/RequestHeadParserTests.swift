import EdgeTestSupport
import Testing

@testable import EdgeCore

@Suite struct RequestHeadParserTests {
    struct Accepted: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var input: [UInt8]
        var head: String

        init(_ description: String, _ input: String, _ head: String) {
            (testDescription, self.input, self.head) = (description, Array(input.utf8), head)
        }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var input: [UInt8]
        var failure: RequestFailure

        init(_ description: String, _ input: String, _ message: RequestFailure.StaticMessage) {
            (testDescription, self.input, failure) = (description, Array(input.utf8), .malformed(message))
        }

        init(_ description: String, _ input: [UInt8], _ message: RequestFailure.StaticMessage) {
            (testDescription, self.input, failure) = (description, input, .malformed(message))
        }
    }

    static let accepted = [
        Accepted("HTTP/1.1", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1, none, keep-alive; host=a"),
        Accepted("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0, none, close"),
        Accepted("a method of any token", "p'o~st / HTTP/1.0\r\n\r\n", "p'o~st / HTTP/1.0, none, close"),
        Accepted(
            "a target is left as it is", "GET /%2e/../a//b\\;c=#?q HTTP/1.0\r\n\r\n",
            "GET /%2e/../a//b\\;c=#?q HTTP/1.0, none, close"),
        Accepted("absolute form", "GET http://u@b/c HTTP/1.0\r\n\r\n", "GET http://u@b/c HTTP/1.0, none, close"),
        Accepted("asterisk form", "OPTIONS * HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.0, none, close"),
        Accepted("authority form", "CONNECT b:443 HTTP/1.0\r\n\r\n", "CONNECT b:443 HTTP/1.0, none, close"),
        Accepted("names in any case", "GET / HTTP/1.1\r\nhOsT: a\r\n\r\n", "GET / HTTP/1.1, none, keep-alive; host=a"),
        Accepted(
            "spaces and tabs around a value", "GET / HTTP/1.1\r\nHost: \t a\t \r\n\r\n",
            "GET / HTTP/1.1, none, keep-alive; host=a"),
        Accepted(
            "no space before a value", "GET / HTTP/1.1\r\nHost:a\r\n\r\n", "GET / HTTP/1.1, none, keep-alive; host=a"),
        Accepted(
            "spaces and tabs inside a value", "GET / HTTP/1.0\r\nUser-Agent: a \t b\r\n\r\n",
            "GET / HTTP/1.0, none, close; user-agent=a \t b"),
        Accepted(
            "a value that is empty", "GET / HTTP/1.0\r\nUser-Agent:\r\n\r\n", "GET / HTTP/1.0, none, close; user-agent="
        ),
        Accepted(
            "a value of nothing but spaces", "GET / HTTP/1.0\r\nUser-Agent: \t \r\n\r\n",
            "GET / HTTP/1.0, none, close; user-agent="),
        Accepted(
            "a value beyond ASCII", "GET / HTTP/1.0\r\nUser-Agent: é\r\n\r\n",
            "GET / HTTP/1.0, none, close; user-agent=é"),
        Accepted(
            "a colon in a value", "GET / HTTP/1.0\r\nUser-Agent: :a:\r\n\r\n",
            "GET / HTTP/1.0, none, close; user-agent=:a:"),
        Accepted(
            "fields that nobody looks at are forgotten", "GET / HTTP/1.0\r\nX: y\r\nHos: t\r\nHosts: t\r\n\r\n",
            "GET / HTTP/1.0, none, close"),
        Accepted(
            "fields that came twice are there twice, in order",
            "GET / HTTP/1.0\r\nUser-Agent: a\r\nuser-agent: b\r\n\r\n",
            "GET / HTTP/1.0, none, close; user-agent=a; user-agent=b"),
    ]

    private static let line: RequestFailure.StaticMessage = "The request line is malformed."
    private static let target: RequestFailure.StaticMessage =
        "The request target is malformed: only visible ASCII may stand in it."
    private static let version: RequestFailure.StaticMessage = "The request line does not end in HTTP/1.1."
    private static let preface: RequestFailure.StaticMessage =
        "HTTP/2 is spoken over TLS by ALPN, and without TLS by listeners with \"h2c\": true."
    private static let name: RequestFailure.StaticMessage = "A header field's name is malformed."
    private static let early: RequestFailure.StaticMessage = "The request holds a control character."
    private static let control: RequestFailure.StaticMessage = "A header field holds a control character."
    private static let rest = "\r\nHost: a\r\n\r\n"

    static let requestLines = [
        Refused("a space in front", " GET / HTTP/1.1" + rest, line),
        Refused("no method", "/ HTTP/1.1" + rest, line),
        Refused("two spaces behind the method", "GET  / HTTP/1.1" + rest, target),
        Refused("a tab behind the method", "GET\t/ HTTP/1.1" + rest, line),
        Refused("a method that is no token", "G(T / HTTP/1.1" + rest, line),
        Refused("a method beyond ASCII", "GÉT / HTTP/1.1" + rest, line),
        Refused("no target", "GET HTTP/1.1" + rest, target),
        Refused("HTTP/0.9", "GET /\r\n\r\n", target),
        Refused("a tab in the target", "GET /a\tb HTTP/1.1" + rest, target),
        Refused("a zero byte in the target", "GET /a\0 HTTP/1.1" + rest, early),
        Refused("DEL in the target", "GET /a\u{7F} HTTP/1.1" + rest, target),
        Refused("full-width letters in the target", "GET /v1/ｔrack HTTP/1.1" + rest, target),
        Refused("a zero-width space in the target", "GET /v1/\u{200B}track HTTP/1.1" + rest, target),
        Refused(
            "overlong UTF-8 in the target", Array("GET /".utf8) + [0xC0, 0xAF] + Array((" HTTP/1.1" + rest).utf8),
            target),
        Refused("a space in the target", "GET /a b HTTP/1.1" + rest, version),
        Refused("two spaces before the version", "GET /  HTTP/1.1" + rest, version),
        Refused("a tab before the version", "GET / \tHTTP/1.1" + rest, version),
        Refused("a space behind the version", "GET / HTTP/1.1 " + rest, version),
        Refused("something behind the version", "GET / HTTP/1.1 x" + rest, version),
        Refused("HTTP/1.2", "GET / HTTP/1.2" + rest, version),
        Refused("HTTP/1.10", "GET / HTTP/1.10" + rest, version),
        Refused("HTTP/2.0", "GET / HTTP/2.0" + rest, version),
        Refused("a version in lower case", "GET / http/1.1" + rest, version),
        Refused("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", preface),
        Refused("a bare LF behind the version", "GET / HTTP/1.1\nHost: a\r\n\r\n", "A line ends in a bare LF."),
        Refused("a bare CR behind the version", "GET / HTTP/1.1\rHost: a\r\n\r\n", "A CR stands without its LF."),
        Refused("two empty lines in front", "\r\n\r\nGET / HTTP/1.1" + rest, line),
    ]

    static let fields = [
        Refused("a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", name),
        Refused("a tab before the colon", "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", name),
        Refused("no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", name),
        Refused("no name", "GET / HTTP/1.1\r\n: a\r\n\r\n", name),
        Refused("a space before the first name", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", name),
        Refused("a folded line", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", name),
        Refused("a line folded by a tab", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", name),
        Refused("a zero byte in a name", "GET / HTTP/1.1\r\nHo\0st: a\r\n\r\n", early),
        Refused("a name beyond ASCII", "GET / HTTP/1.1\r\nHöst: a\r\n\r\n", name),
        Refused("a name in quotes", "GET / HTTP/1.1\r\n\"Host\": a\r\n\r\n", name),
        Refused("a zero byte in a value", "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n", early),
        Refused("DEL in a value", "GET / HTTP/1.1\r\nHost: a\u{7F}\r\n\r\n", control),
        Refused("a vertical tab in a value", "GET / HTTP/1.1\r\nHost: a\u{0B}\r\n\r\n", early),
        Refused("a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "A CR stands without its LF."),
        Refused(
            "a bare CR before the line's end", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "A CR stands without its LF."),
        Refused("a bare LF in a value", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", "A line ends in a bare LF."),
        Refused(
            "a bare LF in front of a name", "GET / HTTP/1.1\r\nHost: a\r\n\nX: b\r\n\r\n", "A line ends in a bare LF."),
        Refused(
            "a bare CR in front of a name", "GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n", "A CR stands without its LF."
        ),
    ]

    @Test("A head is what was sent", arguments: accepted)
    func accepts(_ row: Accepted) throws {
        let head = try #require(RequestHead.read(row.input))
        #expect(RequestReading.describe(head) == row.head)
    }

    @Test("What two readers could read differently is an error", arguments: requestLines + fields)
    func refuses(_ row: Refused) {
        #expect(RequestReading.failure(of: row.input) == row.failure)
        for parts in RequestReading.cuts(of: row.input) {
            #expect(RequestReading.events(of: parts) == [.failed(.badRequest)], "cut after \(parts[0].count)")
        }
    }

    @Test("Only some bytes may stand in names, targets and values", arguments: 0...255 as ClosedRange<UInt8>)
    func everyByte(_ byte: UInt8) {
        let isToken = byte.isASCIILetter || byte.isASCIIDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        let inName = Array("GET / HTTP/1.0\r\nX".utf8) + [byte] + Array("Y: z\r\n\r\n".utf8)
        // A colon ends the name: the rest is a value.
        #expect((RequestHead.read(inName) != nil) == (isToken || byte == UInt8(ascii: ":")))
        let inMethod = [byte] + Array("X / HTTP/1.0\r\n\r\n".utf8)
        #expect((RequestHead.read(inMethod) != nil) == isToken)
        let inTarget = Array("GET /".utf8) + [byte] + Array("x HTTP/1.0\r\n\r\n".utf8)
        #expect((RequestHead.read(inTarget) != nil) == (0x21...0x7E).contains(byte))
        let inValue = Array("GET / HTTP/1.0\r\nX: y".utf8) + [byte] + Array("z\r\n\r\n".utf8)
        #expect((RequestHead.read(inValue) != nil) == (byte == 0x09 || byte >= 0x20 && byte != 0x7F))
    }

    @Test("A peer that speaks no HTTP is not waited for")
    func otherProtocols() {
        let hello: [UInt8] = [0x16, 0x03, 0x01]
        #expect(RequestReading.failure(of: hello) == .malformed("The request holds a control character."))
        #expect(RequestReading.failure(of: Array("GET /\n".utf8)) == .malformed("A line ends in a bare LF."))
        #expect(RequestReading.failure(of: Array("GET /\rX".utf8)) == .malformed("A CR stands without its LF."))
    }

    @Test("The path is the target without its query")
    func path() throws {
        for (target, path) in [("/a?b?c", "/a"), ("/a", "/a"), ("?", ""), ("*", "*"), ("/a%3Fb", "/a%3Fb")] {
            let head = try #require(RequestHead.read(Array("GET \(target) HTTP/1.0\r\n\r\n".utf8)))
            #expect(head.path.elementsEqual(path.utf8))
        }
    }

    @Test("Every field has a place of its own in a head, and its lines are told apart", arguments: FieldName.allCases)
    func places(_ name: FieldName) {
        #expect(FieldName.allCases.count == FieldName.count)
        var table = FieldTable()
        #expect(table[name] == nil && table.lines(of: name) == 0)
        for other in FieldName.allCases where other != name { table.append(other, 1..<2) }
        #expect(table[name] == nil && table.reversed(name) == [])
        table.append(name, 5..<5)
        table.append(name, 7..<9)
        #expect(table[name] == 5..<5 && table.lines(of: name) == 2 && table.reversed(name) == [7..<9, 5..<5])
    }

    @Test("Every field has a name of its own, found in any letter case", arguments: FieldName.allCases)
    func fieldNames(_ name: FieldName) {
        let lower = Array("\(name.text)".utf8)
        let upper = Array("\(name.text)".uppercased().utf8)
        #expect(lower.withUnsafeBufferPointer { FieldName($0) } == name)
        #expect(upper.withUnsafeBufferPointer { FieldName($0) } == name)
        let underscored = lower.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
        #expect(underscored == lower || underscored.withUnsafeBufferPointer { FieldName($0) } == nil)
        #expect(lower.dropLast().withUnsafeBufferPointer { FieldName($0) } == nil)
    }
}
