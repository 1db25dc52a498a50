internal import EdgeCore

/// A line of JSON that means what it meant and cannot control a terminal: unsafe characters can stand only inside
/// strings, where an escape says the same, or be white space between values.
enum SafeJSONLine {
    static func bytes(of line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        var index = 0
        while index < line.count {
            let (scalar, length) = UTF8Character.decode(at: index, in: line) ?? (0xFFFD, 1)
            if scalar < 0x20 {
                result.append(0x20)
            } else if UnsafeCharacters.contains(scalar) {
                result.append(addingCapacity: 6) { $0.append(unicodeEscape: scalar) }
            } else {
                result.append(contentsOf: line[index..<index + length])
            }
            index += length
        }
        return result
    }
}
