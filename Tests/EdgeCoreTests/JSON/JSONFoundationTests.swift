import EdgeCore
import EdgeTestSupport
import Foundation
import Testing

/// The scanner beside Foundation's `JSONSerialization`, on texts that are made up and then damaged.
@Suite struct JSONFoundationTests {
    private func foundation(_ text: [UInt8]) -> JSONTree? {
        (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)).flatMap(JSONTree.init)
    }

    private func scanner(_ text: [UInt8]) -> JSONTree? {
        (try? JSONRecorder.events(of: text)).flatMap { JSONTree(events: $0, in: text) }
    }

    struct Difference: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: [UInt8]
        var isAccepted: Bool

        init(_ description: String, _ text: [UInt8], isAccepted: Bool = false) {
            (testDescription, self.text, self.isAccepted) = (description, text, isAccepted)
        }
    }

    /// Where the two disagree on purpose. They agree on everything else, half surrogate pairs, invalid UTF-8 and lone
    /// scalars included.
    static let differences = [
        Difference("Foundation takes the last of two members", Array(#"{"a":1,"a":2}"#.utf8)),
        Difference(
            "Foundation goes 512 deep",
            Array((String(repeating: "[", count: 33) + String(repeating: "]", count: 33)).utf8)),
        Difference("Foundation lets a comma end an array", Array("[1,]".utf8)),
        Difference("Foundation lets a comma end an object", Array(#"{"a":1,}"#.utf8)),
        Difference("Foundation skips a byte order mark", [0xEF, 0xBB, 0xBF, 0x31]),
        Difference("Foundation takes a zero among the first bytes for UTF-16, little end first", [0x31, 0x00]),
        Difference("Foundation takes a zero among the first bytes for UTF-16, big end first", [0x00, 0x31]),
        Difference("Foundation takes zeros among the first bytes for UTF-32", [0x31, 0x00, 0x00, 0x00]),
        Difference("Foundation refuses numbers beyond a Double", Array("1e999999".utf8), isAccepted: true),
        Difference(
            "Foundation refuses long numbers beyond a Double", Array(repeating: 0x39, count: 400), isAccepted: true),
    ]

    @Test("deliberate differences", arguments: differences)
    func differs(_ difference: Difference) {
        #expect((JSONRecorder.failure(of: difference.text) == nil) == difference.isAccepted)
        #expect((foundation(difference.text) != nil) != difference.isAccepted)
    }

    @Test("generated texts mean the same to both", arguments: 0..<40 as Range<UInt64>)
    func generated(seed: UInt64) {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<25 {
            let value = generator.value()
            let text = generator.text(of: value, spacing: true)
            let tree = scanner(text)
            #expect(tree != nil)
            #expect(tree == foundation(text), "\(String(decoding: text, as: UTF8.self))")
        }
    }

    private static let alphabet: [UInt8] =
        Array(#"{}[]",:0123456789.-+eE\/ubfnrtals u0d83"#.utf8)
        + [0x09, 0x0A, 0x0B, 0x1F, 0x7F, 0x80, 0xA9, 0xBF, 0xC3, 0xE2, 0xED, 0xF0, 0xF4, 0xFF]

    @Test("damaged texts are refused by both, or mean the same to both", arguments: 0..<40 as Range<UInt64>)
    func damaged(seed: UInt64) {
        var generator = JSONGenerator(seed: 1_000 + seed)
        var accepted = 0
        var refused = 0
        for _ in 0..<250 {
            let value = generator.value(depth: 3)
            var text = generator.text(of: value, spacing: false)
            text.mutate(alphabet: Self.alphabet, using: &generator.random)
            switch JSONRecorder.failure(of: text)?.problem {
            case nil:
                accepted += 1
                guard let tree = scanner(text), !tree.hasInfinity else { continue }
                #expect(tree == foundation(text), "\(String(decoding: text, as: UTF8.self))")
            case .duplicateMember, .tooDeep, .byteOrderMark, .unexpectedByte(UInt8(ascii: "]"), expected: "a value"),
                .unexpectedByte(UInt8(ascii: "}"), expected: "a member name"):
                continue
            case .unexpectedEnd, .unexpectedByte, .trailingBytes, .invalidUTF8, .invalidEscape, .loneSurrogate,
                .controlCharacter, .invalidNumber:
                refused += 1
                #expect(foundation(text) == nil, "\(String(decoding: text, as: UTF8.self))")
            }
        }
        #expect(accepted > 10)
        #expect(refused > 100)
    }
}
