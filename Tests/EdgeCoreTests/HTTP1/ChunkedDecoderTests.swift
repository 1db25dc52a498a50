import EdgeCore
import Testing

@Suite struct ChunkedDecoderTests {
    /// What came of a body: all of it does not depend on how the bytes were cut.
    enum Result: Hashable {
        /// The content, and how many bytes of the input were left alone behind it.
        case complete([UInt8], left: Int)
        case incomplete([UInt8])
        case failed(ChunkedDecoder.Failure?)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var input: [UInt8]
        var result: Result
        var maximumSize = 64

        init(_ description: String, _ input: String, _ content: String, left: Int = 0, maximumSize: Int = 64) {
            self.init(description, input, .complete(Array(content.utf8), left: left), maximumSize: maximumSize)
        }

        init(_ description: String, _ input: String, _ failure: ChunkedDecoder.Failure, maximumSize: Int = 64) {
            self.init(description, input, .failed(failure), maximumSize: maximumSize)
        }

        init(_ description: String, _ input: String, incomplete content: String) {
            self.init(description, input, .incomplete(Array(content.utf8)), maximumSize: 64)
        }

        private init(_ description: String, _ input: String, _ result: Result, maximumSize: Int) {
            (testDescription, self.input, self.result) = (description, Array(input.utf8), result)
            self.maximumSize = maximumSize
        }
    }

    static let accepted = [
        Case("no content", "0\r\n\r\n", ""),
        Case("one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"),
        Case("several chunks", "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", "abcdef"),
        Case("digits in either case", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        Case("leading zeros", "0005\r\nhello\r\n00000000\r\n\r\n", "hello"),
        Case("content that looks like framing", "9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n\r\n"),
        Case("every byte is content", "4\r\n\0\n\r\u{7F}\r\n0\r\n\r\n", "\0\n\r\u{7F}"),
        Case("extensions", "5;a\r\nhello\r\n0;b=c;d=\"e f\"\r\n\r\n", "hello"),
        Case("an extension behind tab and space", "5; a =\t\"b\"\r\nhello\r\n0\r\n\r\n", "hello"),
        Case("an extension that is empty", "5;\r\nhello\r\n0;;\r\n\r\n", "hello"),
        Case("an extension of bytes beyond ASCII", "1;é\r\na\r\n0\r\n\r\n", "a"),
        Case("trailers", "1\r\na\r\n0\r\nX-A: b\r\nx-c:\r\n\r\n", "a"),
        Case("forbidden trailers are dropped too", "0\r\nContent-Length: 5\r\nAuthorization: Bearer sk_a\r\n\r\n", ""),
        Case("a trailer value with a tab and bytes beyond ASCII", "0\r\nX-A:\té\r\n\r\n", ""),
        Case("what follows is left alone", "1\r\na\r\n0\r\n\r\nPOST / HTTP/1.1\r\n", "a", left: 17),
        Case("a second last chunk is what follows", "0\r\n\r\n0\r\n\r\n", "", left: 5),
        Case("content as large as the limit", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde", maximumSize: 5),
        Case("no content where none is allowed", "0\r\n\r\n", "", maximumSize: 0),
        Case(
            "overhead as large as its limit",
            "1;\(String(repeating: "x", count: 2_048))\r\na\r\n0\r\n\(String(repeating: "y", count: 2_046)):z\r\n\r\n",
            "a"),
    ]

    static let sizes = [
        Case("no size", "\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("no size before an extension", ";a\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a prefix", "0x5\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a plus", "+5\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a minus", "-5\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a space before", " 5\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a space behind", "5 \r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a space before an extension", "5 ;a\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a tab behind", "5\t\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("an underscore", "0_5\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("no digit", "g\r\n", .malformed),
        Case("a digit of another script", "\u{FF15}\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("two sizes", "5,5\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("nine digits", "000000005\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a size that overflows 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a zero byte", "5\0\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("the largest size", "ffffffff\r\n", .tooLarge),
        Case("one byte more than the limit", "6\r\nabcdef\r\n0\r\n\r\n", .tooLarge, maximumSize: 5),
        Case("one byte more in all", "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", .tooLarge, maximumSize: 5),
        Case("a byte where none is allowed", "1\r\na\r\n0\r\n\r\n", .tooLarge, maximumSize: 0),
        Case("a size too large before its extension", "ff;a\r\n", .tooLarge),
    ]

    static let lines = [
        Case("a bare line feed behind the size", "5\nhello\r\n0\r\n\r\n", .malformed),
        Case("a bare carriage return behind the size", "5\rhello\r\n0\r\n\r\n", .malformed),
        Case("two carriage returns", "5\r\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a bare line feed behind the data", "5\r\nhello\n0\r\n\r\n", .malformed),
        Case("no line end behind the data", "5\r\nhello0\r\n\r\n", .malformed),
        Case("data longer than its size", "4\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("data shorter than its size", "6\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a bare line feed behind the last chunk", "0\n\r\n", .malformed),
        Case("a bare line feed at the end", "0\r\n\n", .malformed),
        Case("a bare carriage return at the end", "0\r\n\rX", .malformed),
        Case("a bare line feed in an extension", "5;a\nhello\r\n0\r\n\r\n", .malformed),
        Case("a bare carriage return in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("a line end in a quoted extension ends the line", "5;a=\"\r\nhello\r\n0\r\n\r\n", "hello"),
        Case("a zero byte in an extension", "5;\0\r\nhello\r\n0\r\n\r\n", .malformed),
        Case("an escape character in an extension", "5;\u{1B}\r\n", .malformed),
        Case("a delete in an extension", "5;\u{7F}\r\n", .malformed),
        Case("a bare line feed behind a trailer", "0\r\nA: b\n\r\n", .malformed),
        Case("a bare carriage return in a trailer", "0\r\nA: b\rc\r\n\r\n", .malformed),
        Case("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", .malformed),
        Case("a space at the first trailer's start", "0\r\n A: b\r\n\r\n", .malformed),
        Case("a trailer without a name", "0\r\n: b\r\n\r\n", .malformed),
        Case("a trailer without a colon", "0\r\nA\r\n\r\n", .malformed),
        Case("a space in a trailer's name", "0\r\nA : b\r\n\r\n", .malformed),
        Case("a request in a trailer's place", "0\r\nPOST /v1/track HTTP/1.1\r\nHost: a\r\n\r\n", .malformed),
        Case("a zero byte in a trailer", "0\r\nA: \0\r\n\r\n", .malformed),
        Case("extensions of 64 KB", "1;\(String(repeating: "x", count: 65_536))\r\na\r\n0\r\n\r\n", .malformed),
        Case("a thousand trailers", "0\r\n\(String(repeating: "A: b\r\n", count: 1_100))\r\n", .malformed),
        Case(
            "many small extensions",
            String(
                repeating: "1;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\na\r\n",
                count: 60),
            .malformed),
    ]

    static let incomplete = [
        Case("nothing", "", incomplete: ""),
        Case("half a size", "5", incomplete: ""),
        Case("a size's line", "5\r\n", incomplete: ""),
        Case("half the data", "5\r\nhel", incomplete: "hel"),
        Case("no last chunk", "5\r\nhello\r\n", incomplete: "hello"),
        Case("no last line end", "5\r\nhello\r\n0\r\n", incomplete: "hello"),
        Case("half the last line end", "5\r\nhello\r\n0\r\n\r", incomplete: "hello"),
        Case("half a trailer", "0\r\nA: b\r\n", incomplete: ""),
    ]

    /// Feeds the parts in turn, as a connection would: what was not used is never given again.
    private func decode(_ parts: some Sequence<ArraySlice<UInt8>>, maximumSize: Int) -> Result {
        var decoder = ChunkedDecoder(maximumSize: maximumSize)
        var body: [UInt8] = []
        var left = 0
        for part in parts {
            do {
                left += part.count - (try part.withUnsafeBytes { try decoder.decode($0, into: &body) })
            } catch {
                return .failed(error as? ChunkedDecoder.Failure)
            }
        }
        return decoder.isComplete ? .complete(body, left: left) : .incomplete(body)
    }

    @Test("decodes", arguments: accepted + sizes + lines + incomplete)
    func decodes(_ example: Case) {
        let (input, limit) = (example.input, example.maximumSize)
        #expect(decode([input[...]], maximumSize: limit) == example.result, "whole")
        #expect(decode(input.indices.map { input[$0...$0] }, maximumSize: limit) == example.result, "byte by byte")
        for cut in stride(from: 0, through: input.count, by: max(1, input.count / 512)) {
            #expect(decode([input[..<cut], input[cut...]], maximumSize: limit) == example.result, "cut at \(cut)")
        }
    }

    @Test("all content counts against the limit, be it kept or not, and what stood there before does not")
    func limit() throws {
        for (limit, fits) in [(5, true), (4, false)] {
            var decoder = ChunkedDecoder(maximumSize: limit)
            var body = [UInt8](repeating: 0x61, count: 100)
            _ = try Array("3\r\nabc\r\n".utf8).withUnsafeBytes { try decoder.decode($0, into: &body) }
            #expect(body.count == 103)
            body = []
            let rest = Array("2\r\nde\r\n0\r\n\r\n".utf8)
            let used = try? rest.withUnsafeBytes { try decoder.decode($0, into: &body) }
            #expect((used == rest.count) == fits)
        }
    }

    @Test(
        "random bodies come out as they went in, however they are chunked and cut", arguments: 0..<50 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let content = (0..<Int.random(in: 0...2_000, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        var input: [UInt8] = []
        var rest = content[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(.random(in: 1...300, using: &generator))
            rest = rest.dropFirst(chunk.count)
            let size = String(chunk.count, radix: 16, uppercase: generator.oneIn(2))
            input += Array((size + (generator.oneIn(4) ? ";a=b" : "") + "\r\n").utf8) + chunk + [0x0D, 0x0A]
        }
        input += Array("0\r\n\r\n".utf8)
        var parts: [ArraySlice<UInt8>] = []
        var uncut = input[...]
        while !uncut.isEmpty {
            parts.append(uncut.prefix(.random(in: 1...500, using: &generator)))
            uncut = uncut.dropFirst(parts.last?.count ?? 0)
        }
        #expect(decode(parts, maximumSize: content.count) == .complete(content, left: 0))
    }

    @Test("no bytes at all end it", arguments: 0..<50 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var input = Array("5;a=b\r\nhello\r\n1f\r\n0123456789012345678901234567890\r\n0\r\nA: b\r\n\r\n".utf8)
            input.mutate(alphabet: Array("05afg;=\r\n\"\0 \u{7F}:".utf8) + [0xFF], using: &generator)
            let whole = decode([input[...]], maximumSize: 40)
            #expect(decode(input.indices.map { input[$0...$0] }, maximumSize: 40) == whole)
            if case .complete(let content, let left) = whole { #expect(content.count <= 40 && left <= input.count) }
        }
    }
}
