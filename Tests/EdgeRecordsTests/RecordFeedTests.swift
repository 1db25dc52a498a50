import EdgeRecords
import Testing

/// What a listener gets of the last moments' records.
@Suite struct RecordFeedTests {
    private static func line(_ number: Int) -> [UInt8] { Array("record \(number)\n".utf8) }

    private static func text(_ batch: RecordFeed.Batch) -> String { String(decoding: batch.lines, as: UTF8.self) }

    private static func feed(_ numbers: Range<Int>, capacity: Int = RecordFeed.capacity) -> RecordFeed {
        let feed = RecordFeed(capacity: capacity)
        for number in numbers { feed.append(line(number), records: 1) }
        return feed
    }

    @Test("A new listener gets all that is kept, and then what is new, once")
    func following() {
        let feed = Self.feed(0..<3)
        let first = feed.records(from: 0, atMost: 1000)
        #expect(Self.text(first) == "record 0\nrecord 1\nrecord 2\n")
        #expect((first.first, first.next, first.missed) == (0, 3, 0))
        let nothing = feed.records(from: first.next, atMost: 1000)
        #expect(nothing.lines.isEmpty && nothing.next == 3 && nothing.missed == 0)
        feed.append(Self.line(3) + Self.line(4), records: 2)
        let second = feed.records(from: first.next, atMost: 1000)
        #expect(Self.text(second) == "record 3\nrecord 4\n")
        #expect((second.first, second.next, second.missed) == (3, 5, 0))
    }

    @Test("A listener that goes on in the middle of a hand-over gets the rest of it")
    func resuming() {
        let feed = RecordFeed()
        feed.append((0..<5).flatMap(Self.line), records: 5)
        #expect(Self.text(feed.records(from: 3, atMost: 1000)) == "record 3\nrecord 4\n")
    }

    @Test("The newest that fit are given, and the others are counted")
    func limit() {
        let feed = RecordFeed()
        for start in [0, 4, 8] { feed.append((start..<start + 4).flatMap(Self.line), records: 4) }
        let batch = feed.records(from: 1, atMost: 50)
        #expect(Self.text(batch) == "record 7\nrecord 8\nrecord 9\nrecord 10\nrecord 11\n")
        #expect((batch.first, batch.next, batch.missed) == (7, 12, 6))
        let none = feed.records(from: 1, atMost: 3)
        #expect(none.lines.isEmpty && none.next == 12 && none.missed == 11)
    }

    @Test("A listener that is slow finds out how many went without it, and memory stays bounded")
    func bounded() {
        let feed = Self.feed(0..<100_000, capacity: 1000)
        let batch = feed.records(from: 10, atMost: .max)
        #expect(batch.lines.count < 1000 + 200)
        #expect(batch.lines.count > 800)
        #expect(batch.next == 100_000)
        #expect(batch.missed == batch.first - 10)
        #expect(batch.lines.split(separator: UInt8(ascii: "\n")).count == Int(100_000 - batch.first))
        #expect(Self.text(batch).hasPrefix("record \(batch.first)\n"))
        // A hand-over of more than is kept goes through as one.
        feed.append((0..<500).flatMap(Self.line), records: 500)
        #expect(feed.records(from: 100_000, atMost: .max).missed == 0)
        feed.append((0..<500).flatMap(Self.line), records: 500)
        #expect(feed.records(from: 100_000, atMost: .max).missed == 500)
    }

    @Test("A position that has not come yet is another process's, and counts as the beginning")
    func foreignPosition() {
        #expect(Self.text(Self.feed(0..<2).records(from: 7, atMost: 1000)) == "record 0\nrecord 1\n")
    }

    @Test("Loops may append while others read")
    func concurrency() async {
        let feed = RecordFeed(capacity: 4096)
        await withTaskGroup(of: Void.self) { group in
            for loop in 0..<4 {
                group.addTask { for number in 0..<5000 { feed.append(Self.line(loop * 10_000 + number), records: 1) } }
            }
            group.addTask {
                var (position, seen, missed): (UInt64, UInt64, UInt64) = (0, 0, 0)
                while position < 20_000 {
                    let batch = feed.records(from: position, atMost: 2000)
                    seen += UInt64(batch.lines.count { $0 == UInt8(ascii: "\n") })
                    (missed, position) = (missed + batch.missed, batch.next)
                    await Task.yield()
                }
                #expect(seen + missed == 20_000)
            }
        }
    }
}
