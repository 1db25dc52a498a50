internal import EdgeCore
internal import EdgeSystem
private import Synchronization

/// What stands between the event loops and the thread that writes: lines, bounded, and orders. Any thread.
final class AccessLogQueue: Sendable {
    /// What the thread finds when it looks.
    struct Work {
        var segments: [[UInt8]] = []
        /// Records that were dropped since it last looked.
        var dropped = 0
        var mustReopen = false
        /// Where lines go from now on.
        var destination: AccessLogWriter.Destination?
        /// What went wrong with rotated files.
        var failure: AccessLogFailure?
        /// When to give up what is not written; nil while nobody wants to stop.
        var stopBy: Instant?
    }

    private struct State {
        var work = Work()
        /// Bytes in `work` and in the thread's hands.
        var bytes = 0
        var droppedInAll = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    /// Tells the thread to look.
    let wakeUp: EventDescriptor
    /// Tells who stops the log that the thread has ended.
    let finished: EventDescriptor

    /// - Parameter capacity: bytes that may wait to be written.
    init(capacity: Int) throws(SystemFailure) {
        self.capacity = capacity
        wakeUp = try EventDescriptor()
        finished = try EventDescriptor()
    }

    /// Takes whole lines over, or drops them all when there is no room.
    func append(_ lines: [UInt8], records: Int) {
        state.withLock { state in
            guard state.bytes + lines.count <= capacity else {
                state.work.dropped += records
                state.droppedInAll += records
                return
            }
            state.bytes += lines.count
            // Small hand-overs share a segment, so that many of them cost no more memory than their bytes.
            if let last = state.work.segments.indices.last, state.work.segments[last].count < 64 * 1024 {
                state.work.segments[last].append(contentsOf: lines)
            } else {
                state.work.segments.append(lines)
            }
        }
        wakeUp.signal()
    }

    /// What there is to do.
    /// - Parameter takingLines: false leaves lines and drops for later.
    func take(lines takingLines: Bool) -> Work {
        state.withLock { state in
            var work = state.work
            (state.work.mustReopen, state.work.destination, state.work.failure) = (false, nil, nil)
            if takingLines {
                state.work.segments = []
                state.work.dropped = 0
            } else {
                (work.segments, work.dropped) = ([], 0)
            }
            return work
        }
    }

    /// Makes room for what was taken and is written by now.
    func release(bytes: Int) {
        state.withLock { $0.bytes -= bytes }
    }

    /// Counts bytes that the thread writes besides, or again.
    func occupy(bytes: Int) {
        state.withLock { $0.bytes += bytes }
    }

    /// Counts records that were taken and will not be written.
    func giveUp(records: Int) {
        state.withLock { $0.droppedInAll += records }
    }

    /// Records dropped since the start.
    var dropped: Int { state.withLock { $0.droppedInAll } }

    /// Bytes that wait to be written.
    var waitingBytes: Int { state.withLock { $0.bytes } }

    func reopen() {
        state.withLock { $0.work.mustReopen = true }
        wakeUp.signal()
    }

    func replaceDestination(with destination: AccessLogWriter.Destination) {
        state.withLock { $0.work.destination = destination }
        wakeUp.signal()
    }

    /// Has a failure told to the operator; of several only the last before the thread looks.
    func report(_ failure: AccessLogFailure) {
        state.withLock { $0.work.failure = failure }
        wakeUp.signal()
    }

    func stop(by deadline: Instant) {
        state.withLock { $0.work.stopBy = deadline }
        wakeUp.signal()
    }
}
