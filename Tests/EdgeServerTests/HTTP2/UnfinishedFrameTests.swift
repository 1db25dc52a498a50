import EdgeTestSupport
import Testing

@testable import EdgeServer

/// How much of a frame or of a head has come that is not whole, whatever it is and however it is cut.
@Suite struct UnfinishedFrameTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        /// How many of them are of what is not whole, and how many are whole, the preface among them.
        let size: Int
        let ended: Int

        init(_ name: String, _ bytes: [UInt8], size: Int, ended: Int) {
            (testDescription, self.bytes) = (name, HTTP2Client.preface + bytes)
            (self.size, self.ended) = (size, ended)
        }
    }

    private static let head = RawFrame(RawFrame.Kind.headers, flags: 0x4, stream: 1, Array(repeating: 0x61, count: 90))
    private static let beginning = head.with(flags: 0x1).bytes
    private static let data = RawFrame.data(1, Array(repeating: 4, count: 900), endStream: true).bytes

    private static func continuation(_ count: Int, isLast: Bool = false) -> [UInt8] {
        RawFrame.continuation(1, Array(repeating: 0, count: count), endHeaders: isLast).bytes
    }

    private static let cases = [
        Row("nothing", [], size: 0, ended: 1),
        Row("whole frames", RawFrame.settings().bytes + RawFrame.ping.bytes, size: 0, ended: 3),
        Row("a part of what stands before a frame", RawFrame.ping.bytes.dropLast(10), size: 7, ended: 1),
        Row("a part of a frame", RawFrame.settings().bytes + RawFrame.ping.bytes.dropLast(), size: 16, ended: 2),
        Row("a whole head", head.bytes, size: 0, ended: 2),
        Row("a head without its last byte", head.bytes.dropLast(), size: 98, ended: 1),
        Row("a frame of a head", beginning, size: 99, ended: 1),
        Row("two frames of a head", beginning + continuation(100), size: 208, ended: 1),
        Row("a head of two frames", beginning + continuation(100, isLast: true), size: 0, ended: 2),
        Row(
            "a head without its last frame's", beginning + continuation(9, isLast: true).dropLast(), size: 116, ended: 1
        ),
        Row("empty frames of a head", beginning + continuation(0) + continuation(0), size: 117, ended: 1),
        Row("an empty last one", beginning + continuation(0) + continuation(0, isLast: true), size: 0, ended: 2),
        Row("a part of a frame inside of a head", beginning + RawFrame.ping.bytes.prefix(9), size: 108, ended: 1),
        Row("nothing of DATA yet", Array(data.prefix(9)), size: 0, ended: 1),
        Row("a part of what stands before DATA", Array(data.prefix(8)), size: 8, ended: 1),
        Row("a part of DATA", Array(data.dropLast()), size: 0, ended: 1),
        Row("all of DATA", data, size: 0, ended: 2),
        Row("empty DATA, and a byte", RawFrame.data(1, [], endStream: true).bytes + [0], size: 1, ended: 2),
        Row(
            "the largest length", [255, 255, 255, 6, 0, 0, 0, 0, 0] + Array(repeating: 7, count: 20), size: 29, ended: 1
        ),
    ]

    @Test("What is not whole counts, what is does not", arguments: cases)
    func sizes(row: Row) {
        for size in [1, 2, 3, 7, 64, row.bytes.count] {
            var frame = UnfinishedFrame()
            for start in stride(from: 0, to: row.bytes.count, by: size) {
                row.bytes[start..<min(start + size, row.bytes.count)].withUnsafeBytes { frame.received($0) }
            }
            #expect(frame.size == row.size, "in pieces of \(size)")
            #expect(frame.ended == row.ended, "in pieces of \(size)")
        }
    }

    @Test("A preface that is not whole counts")
    func preface() {
        var frame = UnfinishedFrame()
        HTTP2Client.preface.prefix(23).withUnsafeBytes { frame.received($0) }
        #expect(frame.size == 23)
        #expect(frame.ended == 0)
    }

    /// Frames, and heads of two.
    private static let units =
        [1, 300, 5000, 16_384].map { RawFrame(0xEE, Array(repeating: 7, count: $0)).bytes }
        + [10, 5000].map { count in
            RawFrame(RawFrame.Kind.headers, stream: 3, Array(repeating: 0, count: count)).bytes
                + continuation(2, isLast: true)
        }

    @Test(
        "However frames lie in what is read, a piece ends with one, or a whole head, before much is kept",
        arguments: units.indices)
    func room(index: Int) {
        let one = Self.units[index]
        let all = HTTP2Client.preface + Array(repeatElement(one, count: 1 + 40_000 / one.count).joined())
        let ends = Set(stride(from: HTTP2Client.preface.count, through: all.count, by: one.count))
        var (frame, start, lastEnd, farthest) = (UnfinishedFrame(), 0, 0, 0)
        // Each time that something is read, it ends one byte before a frame does.
        for end in stride(
            from: HTTP2Client.preface.count + one.count * (1 + 4000 / one.count) - 1, to: all.count, by: one.count)
        {
            while start < end {
                let next = min(start + InputTurns.piece, end, frame.room == .max ? end : start + frame.room)
                all[start..<next].withUnsafeBytes { frame.received($0) }
                start = next
                if ends.contains(next) { lastEnd = next }
                farthest = max(farthest, next - lastEnd)
            }
        }
        #expect(start > 20_000)
        #expect(farthest <= 4096 + InputTurns.piece + one.count)
    }
}
