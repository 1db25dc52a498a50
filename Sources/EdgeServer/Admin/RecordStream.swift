internal import EdgeCore
internal import EdgeRecords

/// Where a ``RecordStream`` goes.
protocol RecordReader {
    /// Whether it is there and has taken what it was sent.
    var isWritable: Bool { get }
    /// - Returns: false where nothing was sent.
    func write(_ bytes: [UInt8]) -> Bool
    func close()
}

extension AdminStream: RecordReader {}

/// One who looks at the live records. Confined to the admin loop.
final class RecordStream {
    /// Bytes of lines at once: some thousand records a second, more than anybody reads.
    private static let portion = 64 * 1024
    /// After this time without a record something is sent, so that whoever stands between does not hang up.
    private static let heartbeat = Instant.Span.seconds(15)
    /// How long somebody may not read.
    private static let patience = Instant.Span.seconds(30)

    private let reader: any RecordReader
    private let feed: RecordFeed
    private let process: Int64
    private var position: UInt64 = 0
    /// When it was sent something last.
    private var sentAt = Instant(nanoseconds: 0)

    /// Whether it was closed, because it did not read for too long.
    private(set) var isGivenUp = false

    /// - Parameter lastEvent: the `id` of what a client saw last that comes back, as it says.
    init(_ reader: any RecordReader, feed: RecordFeed, process: Int64, lastEvent: String?) {
        (self.reader, self.feed, self.process) = (reader, feed, process)
        let parts = lastEvent?.split(separator: "-") ?? []
        if parts.count == 2, Int64(parts[0]) == process, let number = UInt64(parts[1]), number < .max {
            position = number + 1
        }
    }

    /// Sends all that is kept.
    func begin(at now: Instant) {
        let isNew = position == 0
        var batch = feed.records(from: position, atMost: RecordFeed.capacity)
        // Who comes for the first time has missed nothing.
        if isNew { batch.missed = 0 }
        send(batch, at: now, after: Array("retry: 2000\n\n".utf8))
    }

    /// Sends what is new.
    func proceed(at now: Instant) {
        guard reader.isWritable else {
            if now.nanoseconds(since: sentAt) > Self.patience.nanoseconds {
                isGivenUp = true
                reader.close()
            }
            return
        }
        let batch = feed.records(from: position, atMost: Self.portion)
        if batch.next > position {
            send(batch, at: now)
        } else if now.nanoseconds(since: sentAt) > Self.heartbeat.nanoseconds {
            if reader.write(Array(": nothing new\n\n".utf8)) { sentAt = now }
        }
    }

    private func send(_ batch: RecordFeed.Batch, at now: Instant, after start: [UInt8] = []) {
        var text = start
        text.reserveCapacity(start.count + batch.lines.count * 5 / 4)
        if batch.missed > 0 { text += "event: dropped\ndata: \(batch.missed)\n\n".utf8 }
        var number = batch.first
        for line in batch.lines.split(separator: UInt8(ascii: "\n")) {
            text += "id: \(process)-\(number)\ndata: ".utf8
            text += line
            text += "\n\n".utf8
            number += 1
        }
        guard reader.write(text) else { return }
        (position, sentAt) = (batch.next, now)
    }
}

@available(*, unavailable)
extension RecordStream: Sendable {}
