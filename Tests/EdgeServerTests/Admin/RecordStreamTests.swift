import EdgeCore
import EdgeRecords
import Testing

@testable import EdgeServer

/// What somebody gets who looks at the live records.
@Suite struct RecordStreamTests {
    /// Takes what it is sent, until it does not.
    private final class Reader: RecordReader {
        var isWritable = true
        private(set) var isClosed = false
        private var received: [UInt8] = []

        func write(_ bytes: [UInt8]) -> Bool {
            if isWritable { received += bytes }
            return isWritable
        }

        func close() { isClosed = true }

        /// What has come since this was asked last.
        func next() -> String {
            defer { received = [] }
            return String(decoding: received, as: UTF8.self)
        }
    }

    private let feed = RecordFeed(capacity: 400)
    private let reader = Reader()

    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    private func append(_ numbers: Range<Int>) {
        for number in numbers { feed.append(Array("{\"number\":\(number)}\n".utf8), records: 1) }
    }

    private func stream(lastEvent: String? = nil) -> RecordStream {
        let stream = RecordStream(reader, feed: feed, process: 77, lastEvent: lastEvent)
        stream.begin(at: at(0))
        return stream
    }

    private func events(_ numbers: Range<Int>) -> String {
        numbers.map { "id: 77-\($0)\ndata: {\"number\":\($0)}\n\n" }.joined()
    }

    @Test("What is kept comes first, then what is new")
    func order() {
        append(0..<2)
        let stream = stream()
        #expect(reader.next() == "retry: 2000\n\n" + events(0..<2))
        stream.proceed(at: at(0.1))
        #expect(reader.next() == "")
        append(2..<4)
        stream.proceed(at: at(0.2))
        #expect(reader.next() == events(2..<4))
    }

    @Test("Who comes late has missed nothing that would have to be said")
    func late() {
        append(0..<100)
        _ = stream()
        #expect(!reader.next().contains("dropped"))
    }

    @Test(
        "Who comes back gets what is new, once; an id of another process or none at all is a beginning",
        arguments: [("77-1", 2), ("77-4", 5), ("78-1", 0), ("77-18446744073709551615", 0), ("<script>", 0), ("-", 0)])
    func resuming(_ last: String, _ first: Int) {
        append(0..<5)
        _ = stream(lastEvent: last)
        #expect(reader.next() == "retry: 2000\n\n" + events(first..<5))
    }

    @Test("Who does not read gets nothing, is told how many went without it, and is given up in the end")
    func slow() {
        let stream = stream()
        reader.isWritable = false
        append(0..<1000)
        stream.proceed(at: at(10))
        stream.proceed(at: at(29))
        #expect(!reader.isClosed)
        reader.isWritable = true
        _ = reader.next()
        stream.proceed(at: at(29.1))
        let kept = Int(feed.records(from: 0, atMost: .max).first)
        #expect(kept > 900)
        #expect(reader.next() == "event: dropped\ndata: \(kept)\n\n" + events(kept..<1000))
        reader.isWritable = false
        stream.proceed(at: at(59))
        #expect(!reader.isClosed)
        stream.proceed(at: at(59.2))
        #expect(reader.isClosed)
    }

    @Test("Something is sent every fifteen seconds")
    func heartbeat() {
        let stream = stream()
        _ = reader.next()
        stream.proceed(at: at(15))
        #expect(reader.next() == "")
        stream.proceed(at: at(15.1))
        #expect(reader.next() == ": nothing new\n\n")
        stream.proceed(at: at(30))
        #expect(reader.next() == "")
        stream.proceed(at: at(30.2))
        #expect(reader.next() == ": nothing new\n\n")
    }
}
