import EdgeCore
import EdgeTestSupport
import Testing

/// The grammar of RFC 8259, rule by rule: what it derives and what it does not.
@Suite struct JSONGrammarTests {
    struct Accepted: CustomTestStringConvertible, Sendable {
        var rule: String
        var texts: [String]

        init(_ rule: String, _ texts: [String]) { (self.rule, self.texts) = (rule, texts) }

        var testDescription: String { rule }
    }

    static let accepted = [
        Accepted("section 2: any value is a text", ["{}", "[]", "\"\"", "0", "true", "false", "null"]),
        Accepted(
            "section 2: space, tab, line feed and carriage return around every token",
            [
                " 1 ", "\t1\t", "\n1\n", "\r1\r", "\r\n\t 1", " [ ] ", "[\n1\t,\r2 ]", " { } ",
                "{ \"a\" : 1 , \"b\" : 2 }",
                "\r\n{\r\n\t\"a\"\r\n:\r\n[\r\n]\r\n}\r\n",
            ]),
        Accepted(
            "section 4: objects",
            ["{\"a\":1}", "{\"\":1}", "{\"a\":{},\"b\":[],\"c\":null}", "{\"a\":{\"a\":{\"a\":1}}}"]),
        Accepted("section 5: arrays, of values of any kind", ["[1]", "[1,\"a\",true,false,null,{},[]]", "[[[]],[]]"]),
        Accepted("section 6: the integer part", ["0", "-0", "1", "-1", "10", "1234567890", "-9007199254740993"]),
        Accepted("section 6: the fraction", ["0.0", "-0.0", "1.5", "10.01", "0.000000000000000000000000000001"]),
        Accepted("section 6: the exponent", ["0e0", "1e1", "1E1", "1e+1", "1E-1", "1.5e00", "-0.0E+000", "1e999999"]),
        Accepted(
            "section 7: every character but quote, backslash and controls",
            ["\" !#[]~\"", "\"\u{7F}\"", "\"\u{80}\u{2028}é€😀\""]),
        Accepted("section 7: the short escapes", [#""\"\\\/\b\f\n\r\t""#]),
        Accepted("section 7: four digits in either case", [#""\u0000\u001f\u00e9\u00E9\uFFFF\uabcd\uABCD""#]),
    ]

    @Test("accepts", arguments: accepted)
    func accepts(_ example: Accepted) {
        for text in example.texts { #expect(JSONRecorder.failure(of: Array(text.utf8)) == nil, "\(text)") }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        var text: String
        var problem: JSONFailure.Problem
        var offset: Int

        init(_ text: String, _ problem: JSONFailure.Problem, _ offset: Int) {
            (self.text, self.problem, self.offset) = (text, problem, offset)
        }

        init(_ text: String, expected: String, at offset: Int) {
            self.init(text, .unexpectedByte(Array(text.utf8)[offset], expected: expected), offset)
        }

        var testDescription: String { text.debugDescription }
    }

    static let texts = [
        Refused("", .unexpectedEnd, 0), Refused(" \n", .unexpectedEnd, 2),
        Refused("1 2", .trailingBytes, 2), Refused("{}{}", .trailingBytes, 2), Refused("[]]", .trailingBytes, 2),
        Refused("{},", .trailingBytes, 2), Refused("\"a\"b", .trailingBytes, 3), Refused("nullx", .trailingBytes, 4),
        Refused("{}\0", .trailingBytes, 2), Refused("null // no", .trailingBytes, 5),
        // White space is those four characters and no others.
        Refused("\u{0B}1", expected: "a value", at: 0), Refused("\u{0C}1", expected: "a value", at: 0),
        Refused("\u{A0}1", expected: "a value", at: 0), Refused("\u{2028}1", expected: "a value", at: 0),
        Refused("\01", expected: "a value", at: 0), Refused("[1\u{0B}]", expected: "',' or ']'", at: 2),
        // What other notations allow.
        Refused("/**/1", expected: "a value", at: 0), Refused("#", expected: "a value", at: 0),
        Refused("'a'", expected: "a value", at: 0), Refused("a", expected: "a value", at: 0),
        Refused("undefined", expected: "a value", at: 0), Refused("NaN", expected: "a value", at: 0),
        Refused("Infinity", expected: "a value", at: 0), Refused("True", expected: "a value", at: 0),
        Refused("NULL", expected: "a value", at: 0), Refused("(1)", expected: "a value", at: 0),
    ]

    static let containers = [
        Refused("[", .unexpectedEnd, 1), Refused("[1", .unexpectedEnd, 2), Refused("[1,", .unexpectedEnd, 3),
        Refused("]", expected: "a value", at: 0), Refused("[,]", expected: "a value", at: 1),
        Refused("[1,]", expected: "a value", at: 3), Refused("[1,,2]", expected: "a value", at: 3),
        Refused("[,1]", expected: "a value", at: 1), Refused("[1 2]", expected: "',' or ']'", at: 3),
        Refused("[1:2]", expected: "',' or ']'", at: 2), Refused("[1}", expected: "',' or ']'", at: 2),
        Refused("[}", expected: "a value", at: 1), Refused("[\"a\":1]", expected: "',' or ']'", at: 4),
        Refused("[[]", .unexpectedEnd, 3), Refused("[[]}", expected: "',' or ']'", at: 3),
        Refused("{", .unexpectedEnd, 1), Refused("{\"a\"", .unexpectedEnd, 4), Refused("{\"a\":", .unexpectedEnd, 5),
        Refused("{\"a\":1", .unexpectedEnd, 6), Refused("{\"a\":1,", .unexpectedEnd, 7),
        Refused("}", expected: "a value", at: 0), Refused("{]", expected: "a member name or '}'", at: 1),
        Refused("{,}", expected: "a member name or '}'", at: 1),
        Refused("{1:2}", expected: "a member name or '}'", at: 1),
        Refused("{a:1}", expected: "a member name or '}'", at: 1),
        Refused("{'a':1}", expected: "a member name or '}'", at: 1),
        Refused("{null:1}", expected: "a member name or '}'", at: 1),
        Refused("{{}:1}", expected: "a member name or '}'", at: 1),
        Refused("{\"a\"}", expected: "':'", at: 4), Refused("{\"a\" 1}", expected: "':'", at: 5),
        Refused("{\"a\",\"b\"}", expected: "':'", at: 4), Refused("{\"a\"=1}", expected: "':'", at: 4),
        Refused("{\"a\"::1}", expected: "a value", at: 5), Refused("{\"a\":}", expected: "a value", at: 5),
        Refused("{\"a\":,}", expected: "a value", at: 5), Refused("{\"a\":1,}", expected: "a member name", at: 7),
        Refused("{\"a\":1,,}", expected: "a member name", at: 7),
        Refused("{\"a\":1,2}", expected: "a member name", at: 7),
        Refused("{\"a\":1 \"b\":2}", expected: "',' or '}'", at: 7),
        Refused("{\"a\":1;}", expected: "',' or '}'", at: 6),
        Refused("{\"a\":1]", expected: "',' or '}'", at: 6), Refused("{\"a\":1:2}", expected: "',' or '}'", at: 6),
    ]

    static let scalars = [
        Refused("t", .unexpectedEnd, 1), Refused("tru", .unexpectedEnd, 3), Refused("nul", .unexpectedEnd, 3),
        Refused("tRue", expected: "'true'", at: 1), Refused("falsy", expected: "'false'", at: 4),
        Refused("nil", expected: "'null'", at: 1), Refused("[truex]", expected: "',' or ']'", at: 5),
        Refused("-", .unexpectedEnd, 1), Refused("1.", .unexpectedEnd, 2), Refused("1e", .unexpectedEnd, 2),
        Refused("1e+", .unexpectedEnd, 3), Refused("[-]", .invalidNumber, 2), Refused("[1.]", .invalidNumber, 3),
        Refused("--1", .invalidNumber, 1), Refused("-+1", .invalidNumber, 1), Refused("- 1", .invalidNumber, 1),
        Refused("-a", .invalidNumber, 1), Refused("-Infinity", .invalidNumber, 1), Refused("-.5", .invalidNumber, 1),
        Refused("01", .invalidNumber, 1), Refused("-01", .invalidNumber, 2), Refused("00", .invalidNumber, 1),
        Refused("1.e1", .invalidNumber, 2), Refused("1..2", .invalidNumber, 2), Refused("1.2.3", .invalidNumber, 3),
        Refused("1.-2", .invalidNumber, 2), Refused("1ee1", .invalidNumber, 2), Refused("1e1.5", .invalidNumber, 3),
        Refused("1e+-1", .invalidNumber, 3), Refused("1e1e1", .invalidNumber, 3), Refused("0x10", .invalidNumber, 1),
        Refused("1_000", .invalidNumber, 1), Refused("1n", .invalidNumber, 1), Refused("1-2", .invalidNumber, 1),
        Refused("1+2", .invalidNumber, 1), Refused("+1", expected: "a value", at: 0),
        Refused(".5", expected: "a value", at: 0), Refused("1 000", .trailingBytes, 2),
        Refused("1,5", .trailingBytes, 1),
        // Digits of other scripts are none.
        Refused("\u{0661}", expected: "a value", at: 0), Refused("1\u{0661}", .trailingBytes, 1),
    ]

    @Test("refuses, and says where and why", arguments: texts + containers + scalars)
    func refuses(_ example: Refused) {
        #expect(
            JSONRecorder.failure(of: Array(example.text.utf8)) == JSONFailure(example.problem, at: example.offset))
    }

    @Test("a text that is cut anywhere ends too early, there")
    func everyPrefix() {
        let text = Array(#" {"a":[1.5e+3,-0,true,false,null,"b\n\u00e9"],"c":{"d":{}}}"#.utf8)
        #expect(JSONRecorder.failure(of: text) == nil)
        for length in 0..<text.count {
            // `1.5e+3` cut after a digit is a number still, so that the array is what ends too early.
            #expect(JSONRecorder.failure(of: Array(text[..<length])) == JSONFailure(.unexpectedEnd, at: length))
        }
    }

    @Test("no byte may start a value that does not start one")
    func firstBytes() {
        let starts = Set(#"{["tfn-0123456789"#.utf8)
        let space = Set(" \t\r\n".utf8)
        for byte in UInt8.min...UInt8.max {
            let failure = JSONRecorder.failure(of: [byte])
            if space.contains(byte) {
                #expect(failure == JSONFailure(.unexpectedEnd, at: 1))
            } else if !starts.contains(byte) {
                #expect(failure == JSONFailure(.unexpectedByte(byte, expected: "a value"), at: 0))
            } else {
                #expect(failure == (byte.isASCIIDigit ? nil : JSONFailure(.unexpectedEnd, at: 1)))
            }
        }
    }

    @Test(
        "UTF-8 without a byte order mark, and no other encoding",
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x31], .byteOrderMark), ([0xEF, 0xBB, 0xBF], .byteOrderMark),
            ([0xEF, 0xBB], .unexpectedByte(0xEF, expected: "a value")),
            ([0x20, 0xEF, 0xBB, 0xBF, 0x31], .unexpectedByte(0xEF, expected: "a value")),
            ([0xFE, 0xFF, 0x00, 0x31], .unexpectedByte(0xFE, expected: "a value")),
            ([0xFF, 0xFE, 0x31, 0x00], .unexpectedByte(0xFF, expected: "a value")),
            ([0x00, 0x31], .unexpectedByte(0x00, expected: "a value")),
            ([0x31, 0x00], .trailingBytes), ([0x31, 0xEF, 0xBB, 0xBF], .trailingBytes),
        ] as [([UInt8], JSONFailure.Problem)])
    func encodings(text: [UInt8], problem: JSONFailure.Problem) {
        #expect(JSONRecorder.failure(of: text)?.problem == problem)
    }

    @Test("every problem reads as a sentence that names the byte where one is to blame")
    func descriptions() {
        let texts: [(JSONFailure.Problem, String)] = [
            (.unexpectedEnd, "the text ends in the middle of a value"),
            (.unexpectedByte(0x20, expected: "':'"), "expected ':', found a space"),
            (.unexpectedByte(0x7D, expected: "a value"), "expected a value, found '}'"),
            (.unexpectedByte(0x07, expected: "a value"), "expected a value, found byte 0x07"),
            (.unexpectedByte(0xE2, expected: "a value"), "expected a value, found byte 0xE2"),
            (.trailingBytes, "there is something after the end of the value"),
            (.byteOrderMark, "the text starts with a byte order mark; send plain UTF-8"),
            (.invalidUTF8, "a string is not valid UTF-8"),
            (.invalidEscape, "a backslash in a string starts no JSON escape"),
            (.loneSurrogate, "a \\u escape is half of a surrogate pair"),
            (.controlCharacter(0x0A), "a string holds the control character byte 0x0A; escape it"),
            (.invalidNumber, "a number is not written as JSON numbers are"),
            (.tooDeep(maximum: 32), "arrays and objects are nested deeper than 32"),
            (.duplicateMember, "an object has the same member twice"),
        ]
        for (problem, text) in texts { #expect(JSONFailure(problem, at: 0).description == text) }
    }
}
