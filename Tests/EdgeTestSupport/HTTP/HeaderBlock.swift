/// A field list in HPACK's plainest form: literals that enter no table, without Huffman coding (RFC 7541, section 6.2.2).
/// Any bytes may stand in it.
package struct HeaderBlock: Sendable {
    package var bytes: [UInt8]

    package init(raw bytes: [UInt8] = []) { self.bytes = bytes }

    package init(_ fields: [(String, String)]) {
        self.init()
        for (name, value) in fields { append(Array(name.utf8), Array(value.utf8)) }
    }

    package mutating func append(_ name: [UInt8], _ value: [UInt8]) {
        bytes.append(0x00)
        for text in [name, value] { bytes += Self.integer(text.count, prefix: 7, 0x00) + text }
    }

    package func appending(_ name: String, _ value: [UInt8]) -> HeaderBlock {
        var block = self
        block.append(Array(name.utf8), value)
        return block
    }

    package func appending(_ name: String, _ value: String) -> HeaderBlock { appending(name, Array(value.utf8)) }

    /// HEADERS and as many CONTINUATION frames as the block needs.
    package func frames(on stream: UInt32, endStream: Bool, cutAt size: Int = 16_384) -> [RawFrame] {
        let starts = Array(stride(from: 0, to: max(bytes.count, 1), by: size))
        return starts.map { start in
            let part = Array(bytes[start..<min(start + size, bytes.count)])
            let isLast = start == starts.last
            guard start == 0 else { return .continuation(stream, part, endHeaders: isLast) }
            return .headers(stream, HeaderBlock(raw: part), endStream: endStream, endHeaders: isLast)
        }
    }

    /// A literal that enters the dynamic table (RFC 7541, section 6.2.1), as its entry 62.
    package static func indexed(_ name: String, _ value: String) -> HeaderBlock {
        let texts = [name, value].flatMap { integer($0.utf8.count, prefix: 7, 0x00) + Array($0.utf8) }
        return HeaderBlock(raw: [0x40] + texts)
    }

    /// A reference to an entry of a table (RFC 7541, section 6.1).
    package static func reference(to index: Int) -> HeaderBlock { HeaderBlock(raw: integer(index, prefix: 7, 0x80)) }

    /// RFC 7541, section 5.1.
    private static func integer(_ value: Int, prefix bits: Int, _ first: UInt8) -> [UInt8] {
        let most = 1 << bits - 1
        guard value >= most else { return [first | UInt8(value)] }
        var (bytes, rest) = ([first | UInt8(most)], value - most)
        while rest >= 128 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
