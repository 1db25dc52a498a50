import EdgeCore
import EdgeTestSupport
import Foundation

/// The scanner beside Foundation: what it accepts means the same to both, and what it refuses Foundation refuses, too,
/// but for the differences that are meant (`JSONFoundationTests.differences`). The ranges that a visitor hears of lie in
/// the text, in order, and close what they open.
package enum JSONTarget: FuzzTarget {
    package static let name = "json"

    /// Foundation reads numbers with more characters than this as decimals, whose last digits may differ.
    private static let longestExactNumber = 16

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard let failure = JSONRecorder.failure(of: input) else {
            return try checkAccepted(input, hasDuplicates: false)
        }
        try require((0...input.count).contains(failure.offset), "a failure at \(failure.offset) of \(input.count)")
        switch failure.problem {
        case .duplicateMember: try checkAccepted(input, hasDuplicates: true)
        case .tooDeep, .byteOrderMark, .unexpectedByte(UInt8(ascii: "]"), expected: "a value"),
            .unexpectedByte(UInt8(ascii: "}"), expected: "a member name"):
            break
        case .unexpectedEnd, .unexpectedByte, .trailingBytes, .invalidUTF8, .invalidEscape, .loneSurrogate,
            .controlCharacter, .invalidNumber:
            try require(
                isInAnotherEncoding(input) || foundation(input) == nil,
                "refused (\(failure)), but Foundation reads it")
        }
    }

    /// What Foundation reads; nil for what it refuses.
    static func foundation(_ text: [UInt8]) -> JSONTree? {
        (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)).flatMap(JSONTree.init)
    }

    /// What Foundation reads where it reads all that JSON allows, else what the scanner reads.
    static func tree(_ text: [UInt8]) -> JSONTree? {
        holdsMark(text) ? scanner(text) : foundation(text) ?? scanner(text)
    }

    /// The scanner reads U+FEFF as any character; Foundation drops it where a string begins with it.
    static func holdsMark(_ text: [UInt8]) -> Bool {
        text.indices.contains { text[$0...].starts(with: [0xEF, 0xBB, 0xBF]) }
    }

    /// What the scanner reads; nil for what it refuses.
    static func scanner(_ text: [UInt8]) -> JSONTree? {
        (try? JSONRecorder.events(of: text, refusesDuplicates: false)).flatMap { JSONTree(events: $0, in: text) }
    }

    private static func checkAccepted(_ text: [UInt8], hasDuplicates: Bool) throws(FuzzFinding) {
        guard let events = try? JSONRecorder.events(of: text, refusesDuplicates: false) else {
            return try require(hasDuplicates, "refused for nothing but members that may stand twice")
        }
        try require(holdsDuplicates(events, text) == hasDuplicates, "members that stand twice: not \(hasDuplicates)")
        try checkNesting(events, text)
        let exact = withoutLongNumbers(text, events)
        guard let tree = scanner(exact) else { throw FuzzFinding("numbers are not where their ranges say") }
        if tree.hasEquivalentNames || holdsMark(text) { return }
        let other = foundation(exact)
        try require(tree == other, "the scanner reads \(tree), Foundation \(String(describing: other))")
    }

    private static func withoutLongNumbers(_ text: [UInt8], _ events: [JSONEvent]) -> [UInt8] {
        var exact: [UInt8] = []
        var start = 0
        for case .scalar(.number, let range) in events {
            let number = Double(String(decoding: text[range], as: UTF8.self))
            guard range.count > longestExactNumber || number?.isFinite != true else { continue }
            exact += text[start..<range.lowerBound] + "0".utf8
            start = range.upperBound
        }
        return exact + text[start...]
    }

    /// Whether some object has two members whose names mean the same bytes.
    private static func holdsDuplicates(_ events: [JSONEvent], _ text: [UInt8]) -> Bool {
        var open: [Set<[UInt8]>] = []
        for event in events {
            switch event {
            case .beginObject: open.append([])
            case .endObject: open.removeLast()
            case .name(let range, let hasEscapes):
                let name = text.withUnsafeBufferPointer {
                    JSONString(range: range, hasEscapes: hasEscapes).bytes(in: $0)
                }
                if !open[open.count - 1].insert(name).inserted { return true }
            case .beginArray, .endArray, .scalar: break
            }
        }
        return false
    }

    private static func checkNesting(_ events: [JSONEvent], _ text: [UInt8]) throws(FuzzFinding) {
        let between = Set(" \t\r\n,:\"".utf8)
        var end = 0
        var open: [UInt8] = []
        for event in events {
            let range = event.range
            try require(range.lowerBound >= end && range.upperBound <= text.count, "\(event) begins before \(end)")
            try require(text[end..<range.lowerBound].allSatisfy(between.contains), "something before \(event) is lost")
            end = range.upperBound
            switch event {
            case .beginObject: open.append(UInt8(ascii: "}"))
            case .beginArray: open.append(UInt8(ascii: "]"))
            case .endObject, .endArray:
                try require(open.popLast() == text[range.lowerBound], "\(event) closes what is not open")
            case .name, .scalar: break
            }
        }
        try require(open.isEmpty, "something stays open")
        try require(text[end...].allSatisfy(between.contains), "something behind the last value is lost")
    }

    /// Foundation recognises UTF-16 and UTF-32 by their marks and by zeros.
    private static func isInAnotherEncoding(_ text: [UInt8]) -> Bool {
        text.prefix(4).contains(0) || text.starts(with: [0xFE, 0xFF]) || text.starts(with: [0xFF, 0xFE])
    }
}
