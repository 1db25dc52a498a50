import EdgeCore
import Testing

@Suite struct ByteSearchTests {
    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }

    private static func isSpecial(_ byte: UInt8) -> Bool { byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isOfName(_ byte: UInt8) -> Bool { isWord(byte) && byte > 0x39 || byte == 0x2D }

    private func expectFirst(in bytes: [UInt8], from start: Int) {
        let rest = bytes[min(start, bytes.count)...]
        bytes.withUnsafeBufferPointer { buffer in
            #expect(ByteSearch.first(0x5F, in: buffer, from: start) == rest.firstIndex(of: 0x5F))
            #expect(
                ByteSearch.first(0x5F, 0x25, 0x5C, in: buffer, from: start)
                    == rest.firstIndex { [0x5F, 0x25, 0x5C].contains($0) })
            #expect(ByteSearch.firstOutsideWord(in: buffer, from: start) == rest.firstIndex { !Self.isWord($0) })
            #expect(ByteSearch.firstOutsideName(in: buffer, from: start) == rest.firstIndex { !Self.isOfName($0) })
            if start == 0 {
                #expect(ByteSearch.firstInvisible(in: buffer) == rest.firstIndex { !(0x21...0x7E).contains($0) })
                #expect(ByteSearch.firstUnprintable(in: buffer) == rest.firstIndex { !(0x20...0x7E).contains($0) })
            }
            #expect(ByteSearch.firstControl(in: buffer, from: start) == rest.firstIndex(where: Self.isControl))
            #expect(ByteSearch.firstSpecialInJSON(in: buffer, from: start) == rest.firstIndex(where: Self.isSpecial))
        }
    }

    @Test("Every byte is told apart at every place of a word", arguments: 0...255 as ClosedRange<UInt8>)
    func everyByte(_ byte: UInt8) {
        for length in [1, 8, 15, 16, 17, 31, 32, 33] {
            for place in 0..<length {
                var bytes = [UInt8](repeating: 0x61, count: length)
                bytes[place] = byte
                expectFirst(in: bytes, from: 0)
            }
        }
    }

    @Test("Neighbours hide nothing, wherever the search begins", arguments: 0..<20 as Range<UInt64>)
    func neighbours(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        // The bytes on both sides of those that count: borrows and carries of whole words show here.
        let alphabet: [UInt8] = [
            0x00, 0x01, 0x08, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x2C, 0x2D, 0x2E, 0x2F,
            0x30, 0x39, 0x3A, 0x40, 0x41, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61, 0x7A, 0x7B, 0x7E, 0x7F, 0x80,
            0x81, 0x8D, 0xA0, 0xAD, 0xDE, 0xDF, 0xE1, 0xFF,
        ]
        for _ in 0..<100 {
            let plain = Int.random(in: 0..<40, using: &generator)
            var bytes = [UInt8](repeating: 0x61, count: plain)
            for _ in 0..<Int.random(in: 0..<12, using: &generator) {
                bytes.insert(
                    alphabet.randomElement(using: &generator) ?? 0, at: .random(in: 0...bytes.count, using: &generator))
            }
            for start in 0...bytes.count { expectFirst(in: bytes, from: start) }
        }
    }

    @Test("Nothing is found in nothing")
    func empty() { expectFirst(in: [], from: 0) }
}
