/// One header field as it is written (RFC 9112, section 5): a token, a colon directly behind it, a value without
/// controls, spaces around it not counted, and CR LF. Requests and upstream answers are read by the same rules.
package struct FieldLine {
    package enum Failure: Error, Hashable, Sendable {
        case name
        case value
        /// A line that ends in a bare LF.
        case end
    }

    /// Where the name stands, as offsets into the text.
    package let name: Range<Int>
    /// Where the value stands; may be empty.
    package let value: Range<Int>
    /// Where the next line begins.
    package let end: Int

    /// Reads the line that begins at `start`, in one pass: the value ends at the first control, which has to be the CR.
    ///
    /// - Returns: nil while the text may be the beginning of a field line.
    package init?(_ text: UnsafeBufferPointer<UInt8>, at start: Int) throws(Failure) {
        guard var colon = ByteSearch.firstOutsideName(in: text, from: start) else { return nil }
        while colon < text.count, text[colon].isTokenCharacter { colon &+= 1 }
        guard colon < text.count else { return nil }
        // A folded line begins with a space and has no name either.
        guard colon > start, text[colon] == UInt8(ascii: ":") else { throw text[colon] == 0x0A ? .end : .name }
        guard let control = ByteSearch.firstControl(in: text, from: colon &+ 1) else { return nil }
        guard text[control] == 0x0D else { throw text[control] == 0x0A ? .end : .value }
        guard control &+ 1 < text.count else { return nil }
        guard text[control &+ 1] == 0x0A else { throw .value }
        var (first, last) = (colon &+ 1, control)
        while first < last, text[first].isBlank { first &+= 1 }
        while last > first, text[last &- 1].isBlank { last &-= 1 }
        (name, value, end) = (start..<colon, first..<last, control &+ 2)
    }
}
