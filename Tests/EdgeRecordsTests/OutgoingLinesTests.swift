import Testing

@testable import EdgeRecords

@Suite struct OutgoingLinesTests {
    static func next(_ lines: OutgoingLines) -> String? {
        lines.withNext { String(decoding: $0, as: UTF8.self) }
    }

    static let segments = [Array("aa\nbbb\n".utf8), Array("c\n".utf8)]

    @Test("Lines go out in order, however little is written at a time", arguments: 1...7)
    func advances(_ step: Int) {
        var lines = OutgoingLines()
        #expect(lines.isEmpty)
        lines.load(Self.segments, notice: Array("n\n".utf8))
        var written = ""
        while let rest = Self.next(lines) {
            let part = rest.prefix(step)
            written += part
            lines.advance(by: part.utf8.count)
        }
        #expect(written == "n\naa\nbbb\nc\n")
        #expect(lines.isEmpty)
        #expect(lines.remainingRecords == 0)
    }

    @Test("A line that was written in part is written again from its start in another file")
    func rewinds() {
        var lines = OutgoingLines()
        #expect(lines.rewindToLineStart() == 0)
        lines.load(Self.segments)
        let expected = [(0, "aa\nbbb\n"), (1, "aa\nbbb\n"), (2, "aa\nbbb\n"), (0, "bbb\n"), (1, "bbb\n"), (2, "bbb\n")]
        for written in 0...5 {
            var copy = lines
            copy.advance(by: written)
            #expect(copy.rewindToLineStart() == expected[written].0)
            #expect(Self.next(copy) == expected[written].1)
        }
    }

    @Test("Records that are not written to their end are counted, notices are not")
    func countsRest() {
        var lines = OutgoingLines()
        #expect(lines.remainingRecords == 0)
        lines.load(Self.segments, notice: Array("n\n".utf8))
        #expect(lines.remainingRecords == 3)
        lines.advance(by: 2)
        #expect(lines.remainingRecords == 3)
        lines.advance(by: 2)
        #expect(lines.remainingRecords == 3)
        lines.advance(by: 1)
        #expect(lines.remainingRecords == 2)
        lines.advance(by: 4)
        #expect(lines.remainingRecords == 1)
    }
}
