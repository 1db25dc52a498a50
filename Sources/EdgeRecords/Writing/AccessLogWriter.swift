package import EdgeCore
private import EdgeSystem
private import Glibc

/// The access log: a bounded queue and the thread that empties it into a file or a descriptor. Any thread may call it.
///
/// A full disk, a missing folder or a reader that stalls cost log lines, never requests: what finds no room in the
/// queue is dropped, counted, told to `warn` and told in the log once it can be written again.
package final class AccessLogWriter: Sendable {
    package enum Destination: Hashable, Sendable {
        /// Opened by its path, absolute, and created where it is missing; its folder is not.
        case file(String, rotation: AccessLogRotation? = nil)
        /// Open for writing and owned by the caller, who keeps it open until the writer has stopped.
        case descriptor(Int32)

        package init(_ settings: AccessLogSettings) {
            switch settings.destination {
            case .standardOutput: self = .descriptor(STDOUT_FILENO)
            case .file(let path): self = .file(path, rotation: AccessLogRotation(settings))
            }
        }
    }

    private let queue: AccessLogQueue

    /// Opens the destination and starts the thread.
    /// - Parameters:
    ///   - capacity: bytes that may wait to be written.
    ///   - retryInterval: how long to wait after a failure before the next attempt.
    ///   - warn: hears, on the writer's thread and at most every ten seconds, that lines are being lost, and
    ///     once, when that was because they could not be written, that they are written again.
    package init(
        _ destination: Destination, capacity: Int = 8 * 1024 * 1024, retryInterval: Instant.Span = .seconds(1),
        warn: @escaping @Sendable (AccessLogWarning) -> Void
    ) throws(AccessLogFailure) {
        do throws(SystemFailure) {
            queue = try AccessLogQueue(capacity: capacity)
        } catch {
            throw AccessLogFailure(action: .start, code: error.code)
        }
        var opened = AccessLogDestination(destination)
        _ = try opened.prepare()
        let thread = AccessLogThread(queue: queue, destination: opened, retryInterval: retryInterval, warn: warn)
        let finished = queue.finished
        do throws(SystemFailure) {
            try DetachedThread.start("access-log") {
                thread.run()
                finished.signal()
            }
        } catch {
            throw AccessLogFailure(action: .start, code: error.code)
        }
    }

    /// One event loop's end of the log.
    /// - Parameter feed: gets the same lines; nil where nobody can look on.
    package func makeLog(feed: RecordFeed? = nil) -> AccessLog { AccessLog(queue: queue, feed: feed) }

    /// Records lost since the start.
    package var droppedRecords: Int { queue.dropped }

    /// Bytes that wait to be written; near the capacity lines begin to be lost.
    package var waitingBytes: Int { queue.waitingBytes }

    /// Opens the file by its path again, after somebody has renamed it. Returns at once.
    package func reopen() { queue.reopen() }

    /// Sends lines elsewhere, or rotates by other limits, from now on: none is lost, and none is written twice. What the
    /// queue holds goes to the new place. Blocks for as long as opening a file takes.
    ///
    /// - Throws: that the new place cannot be opened; then nothing has changed.
    package func replaceDestination(with destination: Destination) throws(AccessLogFailure) {
        var tried = AccessLogDestination(destination)
        _ = try tried.prepare()
        queue.replaceDestination(with: destination)
    }

    /// Writes what was handed over, for at most `span`; blocks the caller until then. What is not written is counted in
    /// ``droppedRecords``, unless a write hangs in the kernel.
    /// - Returns: whether everything was written.
    package func stop(within span: Instant.Span) -> Bool {
        let before = queue.dropped
        let deadline = Instant.now.advanced(by: span)
        queue.stop(by: deadline)
        // The thread ends at the deadline by itself; the second on top is for a machine that is busy.
        let patience = Int32(clamping: span.nanoseconds / 1_000_000 + 1000)
        let hasFinished = queue.finished.wait(milliseconds: patience)
        return hasFinished && queue.dropped == before
    }
}

extension AccessLogDestination {
    init(_ destination: AccessLogWriter.Destination) {
        switch destination {
        case .file(let path, let rotation): self.init(path: path, rotation: rotation)
        case .descriptor(let descriptor): self.init(descriptor: descriptor)
        }
    }
}
