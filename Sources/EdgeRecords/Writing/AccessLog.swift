/// One event loop's end of the access log: encodes records into a buffer of its own and hands them over. Confined to
/// its loop; never blocks it.
package final class AccessLog {
    /// Bytes at which the buffer is handed over without waiting for ``flush()``.
    private static let handOverSize = 64 * 1024

    private let queue: AccessLogQueue
    private let feed: RecordFeed?
    private var encoder = AccessRecordEncoder()
    private var buffer: [UInt8] = []
    private var records = 0

    init(queue: AccessLogQueue, feed: RecordFeed? = nil) {
        (self.queue, self.feed) = (queue, feed)
        buffer.reserveCapacity(Self.handOverSize + AccessRecordEncoder.maximumLineSize)
    }

    /// Writes a record down.
    package func append(_ record: AccessRecord) {
        encoder.encode(record, into: &buffer)
        records += 1
        if buffer.count >= Self.handOverSize { flush() }
    }

    /// Hands over what has been written down: every few milliseconds, when the loop is idle, and when it ends.
    package func flush() {
        guard !buffer.isEmpty else { return }
        feed?.append(buffer, records: records)
        queue.append(buffer, records: records)
        buffer.removeAll(keepingCapacity: true)
        records = 0
    }
}
