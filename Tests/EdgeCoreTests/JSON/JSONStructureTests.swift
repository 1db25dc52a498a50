import EdgeCore
import EdgeTestSupport
import Testing

/// Depth, members that stand twice, and texts made to be expensive.
@Suite struct JSONStructureTests {
    private func nested(_ depth: Int, open: String, inside: String = "", close: String) -> [UInt8] {
        Array((String(repeating: open, count: depth) + inside + String(repeating: close, count: depth)).utf8)
    }

    // MARK: Depth

    @Test(
        "32 containers deep is deep enough",
        arguments: [("[", "0", "]"), ("[ ", "", " ]"), ("{\"a\":", "0", "}"), ("[{\"a\":", "[]", "}]")])
    func depth(open: String, inside: String, close: String) throws {
        let levels = open.utf8.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        let fits = (JSONScanner.maximumDepth - (inside == "[]" ? 1 : 0)) / levels
        #expect(JSONRecorder.failure(of: nested(fits, open: open, inside: inside, close: close)) == nil)
        let failure = try #require(
            JSONRecorder.failure(of: nested(JSONScanner.maximumDepth + 1, open: open, inside: inside, close: close)))
        #expect(failure.problem == .tooDeep(maximum: 32))
    }

    @Test("the bracket that goes too deep is named, whatever follows")
    func depthOffset() {
        let tooDeep = JSONFailure(.tooDeep(maximum: 32), at: 32)
        #expect(JSONRecorder.failure(of: nested(33, open: "[", close: "]")) == tooDeep)
        #expect(JSONRecorder.failure(of: nested(33, open: "[", close: "")) == tooDeep)
        #expect(JSONRecorder.failure(of: nested(1_000_000, open: "[", close: "]")) == tooDeep)
        #expect(JSONRecorder.failure(of: nested(32, open: "[", inside: "{", close: "]")) == tooDeep)
    }

    @Test("depth counts what is open, not what there was")
    func depthAgain() {
        let branch = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        let text = "[" + Array(repeating: branch, count: 100).joined(separator: ",") + "]"
        #expect(JSONRecorder.failure(of: Array(text.utf8)) == nil)
    }

    @Test("arrays and objects close in the order in which they opened, all 32 of them")
    func mixedNesting() throws {
        var generator = SeededGenerator(seed: 32)
        for _ in 0..<200 {
            let kinds = (0..<32).map { _ in Bool.random(using: &generator) }
            let opening = kinds.map { $0 ? "{\"a\":" : "[" }.joined()
            let closing = kinds.reversed().map { $0 ? "}" : "]" }.joined()
            #expect(JSONRecorder.failure(of: Array((opening + "0" + closing).utf8)) == nil)
            // One of them closed by the other's bracket.
            let wrong = Int.random(in: 0..<32, using: &generator)
            var bytes = Array((opening + "0" + closing).utf8)
            let index = opening.utf8.count + 1 + wrong
            bytes[index] ^= UInt8(ascii: "]") ^ UInt8(ascii: "}")
            #expect(JSONRecorder.failure(of: bytes)?.offset == index)
        }
    }

    // MARK: Duplicates

    struct Duplicate: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Nil: no member stands twice.
        var offset: Int?

        init(_ text: String, at offset: Int?) { (testDescription, self.offset) = (text, offset) }
    }

    static let duplicates = [
        Duplicate(#"{"a":1,"a":2}"#, at: 7),
        Duplicate(#"{"a":1,"a":1}"#, at: 7),
        Duplicate(#"{"":1,"":2}"#, at: 6),
        Duplicate(#"{"a":1,"b":2,"a":3,"b":4}"#, at: 13),
        Duplicate(#"{"a":1,"a":2,"a":3}"#, at: 7),
        Duplicate(#"{"a":1,"\u0061":2}"#, at: 7),
        Duplicate(#"{"\u0061":1,"a":2}"#, at: 12),
        Duplicate(#"{"\u00E9":1,"\u00e9":2}"#, at: 12),
        Duplicate(#"{"é":1,"\u00e9":2}"#, at: 8),
        Duplicate(#"{"😀":1,"\ud83d\ude00":2}"#, at: 10),
        Duplicate(#"{"\/":1,"/":2}"#, at: 8),
        Duplicate(#"{"\n":1,"\u000a":2}"#, at: 8),
        Duplicate(#"{"\"":1,"\u0022":2}"#, at: 8),
        Duplicate(#"{"b":1,"\u0062":2,"a":3,"\u0061":4}"#, at: 7),
        Duplicate(#"[{"a":{"b":1,"b":2}}]"#, at: 13),
        Duplicate(#"{"a":{"a":1},"a":2}"#, at: 13),
        Duplicate(#"{"a":[{"b":1},{"b":1}],"a":2}"#, at: 23),
        Duplicate(#"{"event":"a","\u0065vent":"email.sent"}"#, at: 13),
        Duplicate(#"{"__proto__":1,"__proto__":2}"#, at: 15),
        // Not the same.
        Duplicate(#"{"a":1,"A":2,"aa":3,"":4}"#, at: nil),
        Duplicate(#"{"a":{"a":{"a":1}},"b":{"a":1}}"#, at: nil),
        Duplicate(#"[{"a":1},{"a":1}]"#, at: nil),
        Duplicate(#"{"a":"b","b":"a"}"#, at: nil),
        Duplicate(#"{"\\u0061":1,"a":2}"#, at: nil),
        Duplicate("{\"\u{E9}\":1,\"e\u{301}\":2}", at: nil),
    ]

    @Test("a member that stands twice is named by its later name", arguments: duplicates)
    func standsTwice(_ example: Duplicate) {
        let expected = example.offset.map { JSONFailure(.duplicateMember, at: $0) }
        #expect(JSONRecorder.failure(of: Array(example.testDescription.utf8)) == expected)
    }

    @Test("of several that stand twice, the first in the text is named, however many members there are")
    func firstDuplicate() {
        for count in [2, 11, 12, 13, 14, 100] {
            // All names twice, the later ones from the last to the first.
            let names = (100..<100 + count).map { "\"\($0)\":0" }
            let text = "{" + (names + names.reversed()).joined(separator: ",") + "}"
            #expect(
                JSONRecorder.failure(of: Array(text.utf8)) == JSONFailure(.duplicateMember, at: 1 + count * 8))
        }
    }

    @Test("one name among many is found at every distance")
    func distances() {
        for (first, second) in [(0, 1), (0, 4_999), (2_500, 2_501), (1, 4_998), (4_998, 4_999)] {
            var names = (10_000..<15_000).map(String.init)
            #expect(JSONRecorder.failure(of: object(names)) == nil)
            names[second] = names[first]
            #expect(JSONRecorder.failure(of: object(names)) == JSONFailure(.duplicateMember, at: 1 + second * 10))
        }
    }

    private func object(_ names: [String]) -> [UInt8] {
        Array(("{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}").utf8)
    }

    // MARK: Cost

    /// Shapes that grow beyond the text in careless readers, in about `size` bytes.
    static let hostile: [@Sendable (Int) -> String] = [
        { String(repeating: "[", count: 32) + String(repeating: " ", count: $0) + String(repeating: "]", count: 32) },
        { "[" + String(repeating: "[],", count: $0 / 3) + "0]" },
        { "[" + String(repeating: "{\"a\":0},", count: $0 / 8) + "0]" },
        { size in "{" + (0..<size / 12).map { "\"\($0 + 1_000_000)\":0" }.joined(separator: ",") + "}" },
        // Long names that differ at their ends.
        { size in
            let prefix = String(repeating: "a", count: size / 100)
            return "{" + (0..<100).map { "\"\(prefix)\($0)\":0" }.joined(separator: ",") + "}"
        },
        { "[\"" + String(repeating: "\\u0061", count: $0 / 6) + "\"]" },
        { "[" + String(repeating: "9", count: $0) + "e" + String(repeating: "9", count: $0 / 10) + "]" },
        { size in
            String(repeating: "{\"a\":[", count: 15) + String(repeating: "1,", count: size / 2) + "1"
                + String(repeating: "]}", count: 15)
        },
    ]

    @Test(
        "tells of no byte twice and in the text's order, so that a reader's work is bounded by the text",
        arguments: hostile.indices)
    func everyByteOnce(shape: Int) throws {
        let text = Array(Self.hostile[shape](20_000).utf8)
        var end = 0
        for event in try JSONRecorder.events(of: text) {
            #expect(event.range.lowerBound >= end)
            end = event.range.upperBound
        }
        #expect(end == text.count)
    }

    /// Ten times the text, or a hundred: an algorithm that takes squares would not come back in time.
    @Test("is through with two million bytes of any shape", .timeLimit(.minutes(10)), arguments: hostile.indices)
    func large(shape: Int) {
        #expect(JSONRecorder.failure(of: Array(Self.hostile[shape](2_000_000).utf8)) == nil)
    }
}
