/// Why some bytes are not JSON as the edge accepts it, and where.
package struct JSONFailure: Error, Hashable, Sendable {
    package enum Problem: Hashable, Sendable {
        case unexpectedEnd
        /// A byte that cannot stand here; `expected` names what can.
        case unexpectedByte(UInt8, expected: String)
        case trailingBytes
        case byteOrderMark
        case invalidUTF8
        case invalidEscape
        /// `\uD800` without its other half: no Unicode string holds it (RFC 7493, section 2.1).
        case loneSurrogate
        /// A control character inside a string (RFC 8259, section 7).
        case controlCharacter(UInt8)
        case invalidNumber
        case tooDeep(maximum: Int)
        /// The same member twice in one object: readers disagree about which one counts (RFC 8259, section 4).
        case duplicateMember
    }

    package var problem: Problem
    /// Bytes before the one that is wrong; for a duplicate, before the later name's opening quote.
    package var offset: Int

    package init(_ problem: Problem, at offset: Int) { (self.problem, self.offset) = (problem, offset) }
}

extension JSONFailure: CustomStringConvertible {
    package var description: String {
        switch problem {
        case .unexpectedEnd: "the text ends in the middle of a value"
        case .unexpectedByte(let byte, let expected): "expected \(expected), found \(Self.name(of: byte))"
        case .trailingBytes: "there is something after the end of the value"
        case .byteOrderMark: "the text starts with a byte order mark; send plain UTF-8"
        case .invalidUTF8: "a string is not valid UTF-8"
        case .invalidEscape: "a backslash in a string starts no JSON escape"
        case .loneSurrogate: "a \\u escape is half of a surrogate pair"
        case .controlCharacter(let byte): "a string holds the control character \(Self.name(of: byte)); escape it"
        case .invalidNumber: "a number is not written as JSON numbers are"
        case .tooDeep(let maximum): "arrays and objects are nested deeper than \(maximum)"
        case .duplicateMember: "an object has the same member twice"
        }
    }

    private static func name(of byte: UInt8) -> String {
        switch byte {
        case 0x20: "a space"
        case 0x21...0x7E: "'\(Character(UnicodeScalar(byte)))'"
        default: "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
