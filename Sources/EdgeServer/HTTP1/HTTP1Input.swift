internal import EdgeCore
internal import NIOCore

/// What one client has sent and nobody has used yet, and how far its request has been read. Confined to the
/// connection's event loop.
struct HTTP1Input {
    /// How many bytes of pipelined requests may wait while one is being answered.
    private static let limit = 64 * 1024

    private var reader = RequestReader()
    /// Received and not yet used; nil rather than empty. What has been used is overwritten: the memory is lent out again.
    private var pending: ByteBuffer?
    /// Whether that is memory of our own. What the channel received into is never grown: that would leave a copy behind.
    private var isOwn = false

    /// How many bytes wait.
    var count: Int { pending?.readableBytes ?? 0 }
    var isEmpty: Bool { pending == nil }
    /// Whether no more should be read for now.
    var isFull: Bool { count >= Self.limit }
    /// Whether more has come than can have been on its way when reading was held, behind a head that has not ended.
    func isOverfull(_ limits: ConnectionSettings) -> Bool { count >= 2 * Self.limit + limits.headerSize }
    /// Whether a part of a request has come.
    var isInsideRequest: Bool { reader.isInsideRequest }

    /// How much memory all of it takes, in bytes.
    var memory: Int { (pending?.capacity ?? 0) + reader.bodyCapacity }

    /// Puts bytes behind those that wait.
    mutating func append(_ buffer: ByteBuffer) {
        guard var kept = pending.take() else {
            (pending, isOwn) = (buffer, false)
            return
        }
        if !isOwn || kept.writableBytes < buffer.readableBytes {
            // Not grown in place, which would leave a copy where it was. What has been read stays behind: a client whose
            // requests never end where a read does would fill memory.
            var larger = ByteBufferAllocator().buffer(capacity: 2 * (kept.readableBytes + buffer.readableBytes))
            larger.writeImmutableBuffer(kept)
            kept.withUnsafeReadableBytes(Erasure.erase)
            (kept, isOwn) = (larger, true)
        }
        kept.writeImmutableBuffer(buffer)
        buffer.withUnsafeReadableBytes(Erasure.erase)
        pending = kept
    }

    /// Reads on.
    ///
    /// - Returns: what that came to, and how many bytes it used.
    mutating func next(_ snapshot: Snapshot) -> (used: Int, event: RequestReader.Event) {
        guard var buffer = pending.take() else { return read(UnsafeRawBufferPointer(start: nil, count: 0), snapshot) }
        let result = buffer.withUnsafeReadableBytes { bytes in
            let result = read(bytes, snapshot)
            Erasure.erase(UnsafeRawBufferPointer(rebasing: bytes[..<result.used]))
            return result
        }
        buffer.moveReaderIndex(forwardBy: result.used)
        if buffer.readableBytes > 0 { pending = buffer }
        return result
    }

    /// The body of the request that is being read is unwanted.
    mutating func discardBody() { reader.discardBody() }

    /// Lets go of what has come of a body, whose rest nobody will read.
    mutating func dropBody() { reader.dropBody() }

    /// Throws away what waits.
    ///
    /// - Returns: how many bytes that was.
    mutating func discard() -> Int {
        guard let dropped = pending.take() else { return 0 }
        dropped.withUnsafeReadableBytes(Erasure.erase)
        return dropped.readableBytes
    }

    /// Overwrites everything: the connection is over.
    mutating func erase() {
        _ = discard()
        reader.dropBody()
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ snapshot: Snapshot
    ) -> (used: Int, event: RequestReader.Event) {
        reader.next(
            bytes, limits: snapshot.settings.connections, maximumBodySize: snapshot.settings.policy.body.maximumSize)
    }
}
