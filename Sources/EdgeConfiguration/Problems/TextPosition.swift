/// Lines and columns, both from 1; columns count characters as Unicode scalars.
package struct TextPosition: Hashable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    /// The positions of `offsets`, which are in ascending order, in one pass over `text`.
    static func positions(of offsets: [Int], in text: [UInt8]) -> [TextPosition] {
        var positions: [TextPosition] = []
        var position = TextPosition(line: 1, column: 1)
        var index = 0
        for offset in offsets {
            while index < min(offset, text.count) {
                if text[index] == UInt8(ascii: "\n") {
                    position = TextPosition(line: position.line + 1, column: 1)
                } else if text[index] & 0xC0 != 0x80 {
                    position.column += 1
                }
                index += 1
            }
            positions.append(position)
        }
        return positions
    }
}
