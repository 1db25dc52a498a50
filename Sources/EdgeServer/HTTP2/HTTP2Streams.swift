internal import EdgeCore
internal import NIOHTTP2

/// The requests of one HTTP/2 connection that have not ended. Confined to the connection's event loop.
final class HTTP2Streams {
    /// What all of them come to.
    struct Total {
        var isEmpty = true
        /// The earliest.
        var deadline: Instant?
        /// Since when the client is waited for, if all wait for it with nothing to gain.
        var waitingSince: Instant?
        /// What those take whose requests have not come whole, or whose answers are not taken, in bytes.
        var memory = 0
        /// The oldest of them.
        var oldest: (since: Instant, memory: Int)?
    }

    private var streams: [HTTP2StreamID: HTTP2Stream] = [:]
    /// The last one that was taken (RFC 9113, section 6.8).
    private(set) var last = HTTP2StreamID.rootStream

    subscript(id: HTTP2StreamID) -> HTTP2Stream? { streams[id] }

    var isEmpty: Bool { streams.isEmpty }

    func open(_ stream: HTTP2Stream, _ id: HTTP2StreamID) { (streams[id], last) = (stream, id) }

    /// - Returns: whether it was there.
    func close(_ id: HTTP2StreamID) -> Bool {
        guard let stream = streams.removeValue(forKey: id) else { return false }
        stream.closed()
        return true
    }

    /// Nobody waits for answers any more.
    func closeAll() {
        // Each that hears of its end may look at the others.
        let closing = streams
        streams = [:]
        for stream in closing.values { stream.closed() }
    }

    /// In one walk: it is asked for after each turn.
    var total: Total {
        var total = Total(isEmpty: streams.isEmpty)
        var (isForClient, since) = (true, Instant?.none)
        for stream in streams.values {
            if let deadline = stream.deadline { total.deadline = min(total.deadline ?? deadline, deadline) }
            if let begin = stream.waitingSince { since = min(since ?? begin, begin) } else { isForClient = false }
            let memory = stream.memory
            guard memory > 0 else { continue }
            total.memory += memory
            let oldest = total.oldest ?? (stream.phaseBegan, memory)
            total.oldest = stream.phaseBegan < oldest.since ? (stream.phaseBegan, memory) : oldest
        }
        if isForClient { total.waitingSince = since }
        return total
    }

    func deadlinesPassed(at now: Instant) {
        // Those that are over are taken out of the table while this goes through it.
        for stream in streams.values.filter({ $0.deadline.map { $0 <= now } ?? false }) { stream.deadlinePassed() }
    }

    // MARK: Memory

    /// What is held for each of several clients.
    var holdings: [HeldMemory.Holding<any MemoryHolder>] { streams.values.filter { $0.memory > 0 }.map(\.holding) }

    /// Gives the oldest up.
    ///
    /// - Parameter size: how many bytes at least, if there are as many.
    func giveUp(_ size: Int) {
        var missing = size
        for stream in streams.values.filter({ $0.memory > 0 }).sorted(by: { $0.phaseBegan < $1.phaseBegan }) {
            guard missing > 0 else { return }
            missing -= stream.memory
            stream.giveUp()
        }
    }
}

@available(*, unavailable)
extension HTTP2Streams: Sendable {}
