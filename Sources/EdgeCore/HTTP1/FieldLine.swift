/// One header field as it is written (RFC 9112, section 5): a token, a colon directly behind it, and a value without
/// controls, spaces around it not counted. Requests and upstream answers are read by the same rules.
package struct FieldLine {
    package enum Failure: Error, Hashable, Sendable { case name, value }

    /// Offsets into the text the line stands in.
    package let name: Range<Int>
    package let value: Range<Int>

    /// - Parameter range: where the line stands in `text`, its CR LF left out.
    package init(_ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) throws(Failure) {
        var index = range.lowerBound
        while index < range.upperBound, text[index].isTokenCharacter { index &+= 1 }
        // A folded line begins with a space and has no name either.
        guard index > range.lowerBound, index < range.upperBound, text[index] == UInt8(ascii: ":") else { throw .name }
        name = range.lowerBound..<index
        var start = index &+ 1
        var end = range.upperBound
        while start < end, text[start].isBlank { start &+= 1 }
        while end > start, text[end &- 1].isBlank { end &-= 1 }
        value = start..<end
        let content = UnsafeBufferPointer(rebasing: text[start..<end])
        guard ByteSearch.firstControl(in: content) == nil else { throw .value }
    }
}
