internal import EdgeCore
internal import NIOCore

/// What one client has sent and nobody has used yet, and how far its request has been read. Confined to the
/// connection's event loop.
struct HTTP1Input {
    /// How many bytes of pipelined requests may wait while one is being answered.
    private static let limit = 64 * 1024

    private var reader = RequestReader()
    /// Received and not yet used; nil rather than empty.
    private var pending: ByteBuffer?

    /// How many bytes wait.
    var count: Int { pending?.readableBytes ?? 0 }
    var isEmpty: Bool { pending == nil }
    /// Whether no more should be read for now.
    var isFull: Bool { count >= Self.limit }
    /// Whether a part of a request has come.
    var isInsideRequest: Bool { reader.isInsideRequest }

    /// Puts bytes behind those that wait.
    mutating func append(_ buffer: ByteBuffer) {
        guard var kept = pending.take() else {
            pending = buffer
            return
        }
        // What has been read goes first: a client whose requests never end where a read does would fill memory.
        if kept.readerIndex >= kept.readableBytes { kept.discardReadBytes() }
        kept.writeImmutableBuffer(buffer)
        pending = kept
    }

    /// Reads on.
    ///
    /// - Returns: what that came to, and how many bytes it used.
    mutating func next(_ snapshot: Snapshot) -> (used: Int, event: RequestReader.Event) {
        guard var buffer = pending.take() else { return read(UnsafeRawBufferPointer(start: nil, count: 0), snapshot) }
        let result = buffer.withUnsafeReadableBytes { read($0, snapshot) }
        buffer.moveReaderIndex(forwardBy: result.used)
        if buffer.readableBytes > 0 { pending = buffer }
        return result
    }

    /// The body of the request that is being read is unwanted.
    mutating func discardBody() { reader.discardBody() }

    /// Throws away what waits.
    ///
    /// - Returns: how many bytes that was.
    mutating func discard() -> Int { pending.take()?.readableBytes ?? 0 }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ snapshot: Snapshot
    ) -> (used: Int, event: RequestReader.Event) {
        reader.next(
            bytes, limits: snapshot.settings.connections, maximumBodySize: snapshot.settings.policy.body.maximumSize)
    }
}
