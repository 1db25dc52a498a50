internal import EdgeCore
private import EdgeSystem
private import Glibc

/// The work of the thread that writes the access log: takes lines from the queue, writes them, tries again after a
/// while when that fails, and says what was lost. Confined to that thread.
final class AccessLogThread {
    private let queue: AccessLogQueue
    private let retryInterval: Instant.Span
    private let warn: @Sendable (AccessLogWarning) -> Void
    private var destination: AccessLogDestination
    private var outgoing = OutgoingLines()
    private var warnings = WarningSchedule()
    private var retryAt: Instant?
    private var mustReopen = false
    private var rotated: RotatedFiles?
    /// Until when the file grows, after it could not be rotated.
    private var growsUntil: Instant?

    init(
        queue: AccessLogQueue, destination: consuming AccessLogDestination, retryInterval: Instant.Span,
        warn: @escaping @Sendable (AccessLogWarning) -> Void
    ) {
        self.queue = queue
        self.retryInterval = retryInterval
        self.warn = warn
        rotated = Self.rotatedFiles(of: destination, queue)
        self.destination = destination
    }

    private static func rotatedFiles(of destination: borrowing AccessLogDestination, _ queue: AccessLogQueue)
        -> RotatedFiles?
    {
        guard let path = destination.path, let rotation = destination.rotation else { return nil }
        return RotatedFiles(path: path, keep: rotation.keep) { queue.report($0) }
    }

    /// Returns when it has been told to stop and everything is written or the time for that is over.
    func run() {
        tidy()
        while true {
            queue.wakeUp.reset()
            let work = queue.take(lines: outgoing.isEmpty)
            if let new = work.destination { replaceDestination(with: new) }
            if work.mustReopen { (mustReopen, retryAt) = (true, nil) }
            if let failure = work.failure { warnings.noticed(failure) }
            load(work)
            let now = Instant.now
            if let warning = warnings.warning(dropped: queue.dropped, at: now) { warn(warning) }
            let isDone = outgoing.isEmpty && (!mustReopen || retryAt != nil)
            if let stopBy = work.stopBy, isDone || now >= stopBy { break }
            if outgoing.isEmpty, !mustReopen {
                queue.wakeUp.wait(milliseconds: -1)
            } else if let retryAt, now < retryAt {
                queue.wakeUp.wait(milliseconds: milliseconds(from: now, to: min(retryAt, work.stopBy ?? retryAt)))
            } else {
                write(now, stopBy: work.stopBy)
            }
        }
        giveUp()
    }

    private func replaceDestination(with new: AccessLogWriter.Destination) {
        queue.occupy(bytes: outgoing.rewindToLineStart())
        destination = AccessLogDestination(new)
        rotated = Self.rotatedFiles(of: destination, queue)
        (mustReopen, retryAt, growsUntil) = (true, nil, nil)
    }

    private func load(_ work: AccessLogQueue.Work) {
        guard work.dropped > 0 || !work.segments.isEmpty else { return }
        let notice = work.dropped > 0 ? DroppedLine.encode(work.dropped, at: WallTime.now) : nil
        queue.occupy(bytes: notice?.count ?? 0)
        outgoing.load(work.segments, notice: notice)
    }

    private func write(_ now: Instant, stopBy: Instant?) {
        do throws(AccessLogFailure) {
            if try destination.prepare(reopening: mustReopen) == .opened {
                queue.occupy(bytes: outgoing.rewindToLineStart())
                tidy()
            }
            (mustReopen, retryAt) = (false, nil)
        } catch {
            return failed(error, now)
        }
        if let growsUntil, now >= growsUntil { self.growsUntil = nil }
        switch outgoing.withNext({ destination.write($0, isBounded: growsUntil == nil) }) {
        case .bytes(let count)?:
            outgoing.advance(by: count)
            if count > 0, let word = warnings.written(dropped: queue.dropped) { warn(word) }
            queue.release(bytes: count)
        case .blocked?:
            let limit = now.advanced(by: retryInterval)
            queue.wakeUp.wait(
                orWritable: destination.descriptor,
                milliseconds: milliseconds(from: now, to: min(limit, stopBy ?? limit)))
        case .full?: rotate(now)
        case .failed(let failure)?: failed(failure, now)
        case nil: break
        }
    }

    /// Nothing is inside a line here: a begun one is written to its end first, whatever the file's size.
    private func rotate(_ now: Instant) {
        do throws(AccessLogFailure) {
            try destination.rotate(at: WallTime.now)
            tidy()
        } catch {
            warnings.noticed(error)
            growsUntil = now.advanced(by: .nanoseconds(retryInterval.nanoseconds * 60))
        }
    }

    private func tidy() {
        if destination.isRegular { rotated?.tidy() }
    }

    private func failed(_ failure: AccessLogFailure, _ now: Instant) {
        warnings.noticed(failure)
        retryAt = now.advanced(by: retryInterval)
    }

    private func giveUp() {
        let rest = queue.take(lines: true)
        var records = outgoing.remainingRecords
        outgoing.load(rest.segments)
        records += outgoing.remainingRecords
        queue.giveUp(records: records)
    }

    /// Rounded up, so that the time has come after the wait.
    private func milliseconds(from now: Instant, to later: Instant) -> Int32 {
        Int32(clamping: (later.nanoseconds(since: now) + 999_999) / 1_000_000)
    }
}
