/// Writing of JSON text (RFC 8259): strings as Plunk's own encoder writes them, nothing escaped that need not be.
package enum JSONText {
    /// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, as a lenient decoder
    /// would read them: what is written is valid JSON whatever came in.
    package static func appendString(_ text: some Sequence<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        appendContent(text, to: &output)
        output.append(UInt8(ascii: "\""))
    }

    /// The same without the quotes, for a string that is written in parts. A part must not end inside a character.
    package static func appendContent(_ text: some Sequence<UInt8>, to output: inout [UInt8]) {
        let isContiguous: Void? = text.withContiguousStorageIfAvailable { appendContent(of: $0, to: &output) }
        if isContiguous == nil { Array(text).withUnsafeBufferPointer { appendContent(of: $0, to: &output) } }
    }

    private static func appendContent(of text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var index = 0
        var written = 0
        while let special = ByteSearch.firstSpecialInJSON(in: text, from: index) {
            if text[special] >= 0x80, let length = UTF8Sequence.length(at: special, in: text) {
                index = special + length
            } else {
                output.append(contentsOf: text[written..<special])
                appendEscape(of: text[special], to: &output)
                index = special + 1
                written = index
            }
        }
        output.append(contentsOf: text[written...])
    }

    private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): output.append(#"\""#)
        case UInt8(ascii: "\\"): output.append(#"\\"#)
        case 0x08: output.append(#"\b"#)
        case 0x09: output.append(#"\t"#)
        case 0x0A: output.append(#"\n"#)
        case 0x0C: output.append(#"\f"#)
        case 0x0D: output.append(#"\r"#)
        case 0..<0x20:
            output.append(#"\u00"#)
            output.append(byte < 0x10 ? 0x30 : 0x31)
            let low = byte & 0x0F
            output.append(low < 10 ? 0x30 &+ low : 0x57 &+ low)
        default: output.append("\u{FFFD}")
        }
    }
}
