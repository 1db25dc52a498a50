/// Writing of JSON text (RFC 8259): strings as Plunk's own encoder writes them, nothing escaped that need not be.
package enum JSONText {
    /// How many bytes a string of `count` bytes can need, quotes included.
    package static func maximumSize(ofString count: Int) -> Int { 6 * count + 2 }

    /// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, as a lenient decoder
    /// would read them: what is written is valid JSON whatever came in.
    package static func appendString(_ text: UnsafeBufferPointer<UInt8>, to output: inout OutputSpan<UInt8>) {
        output.append("\"")
        appendContent(of: text, to: &output)
        output.append("\"")
    }

    /// The same for bytes in an array.
    package static func appendString(_ text: [UInt8], to output: inout OutputSpan<UInt8>) {
        text.withUnsafeBufferPointer { appendString($0, to: &output) }
    }

    /// The same for a text.
    package static func appendString(_ text: String, to output: inout OutputSpan<UInt8>) {
        var text = text
        text.withUTF8 { appendString($0, to: &output) }
    }

    private static func appendContent(of text: UnsafeBufferPointer<UInt8>, to output: inout OutputSpan<UInt8>) {
        var index = 0
        var written = 0
        while let special = ByteSearch.firstSpecialInJSON(in: text, from: index) {
            if text[special] >= 0x80, let length = UTF8Sequence.length(at: special, in: text) {
                index = special + length
            } else {
                output.append(bytes: UnsafeBufferPointer(rebasing: text[written..<special]))
                appendEscape(of: text[special], to: &output)
                index = special + 1
                written = index
            }
        }
        output.append(bytes: UnsafeBufferPointer(rebasing: text[written...]))
    }

    private static func appendEscape(of byte: UInt8, to output: inout OutputSpan<UInt8>) {
        switch byte {
        case UInt8(ascii: "\""): output.append(#"\""#)
        case UInt8(ascii: "\\"): output.append(#"\\"#)
        case 0x08: output.append(#"\b"#)
        case 0x09: output.append(#"\t"#)
        case 0x0A: output.append(#"\n"#)
        case 0x0C: output.append(#"\f"#)
        case 0x0D: output.append(#"\r"#)
        case 0..<0x20:
            output.append(byte < 0x10 ? #"\u000"# : #"\u001"#)
            output.append(hexDigit: UInt32(byte))
        default: output.append("\u{FFFD}")
        }
    }
}
