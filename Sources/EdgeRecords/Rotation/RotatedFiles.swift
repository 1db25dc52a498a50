private import Glibc
private import Synchronization

/// The rotated files of one log: removes the oldest and compresses the others, on a thread of its own of the lowest
/// priority, which is there only while there is something to do. Any thread may call it.
///
/// Ending at any moment leaves each line in a whole file, and the next start goes on.
final class RotatedFiles: Sendable {
    private struct State {
        var isAtWork = false
        /// How often it was asked.
        var requests = 0
    }

    private let state = Mutex(State())
    /// With the slash at its end.
    private let folder: String
    /// The log's name in the folder.
    private let log: String
    private let keep: Int
    private let report: @Sendable (AccessLogFailure) -> Void

    /// - Parameters:
    ///   - path: of the log, absolute; the log is there.
    ///   - keep: how many rotated files stay.
    ///   - report: hears, on the thread, what failed. It is tried again when ``tidy()`` is next called.
    init(path: String, keep: Int, report: @escaping @Sendable (AccessLogFailure) -> Void) {
        (folder, log) = Folder.split(FileStatus.resolve(path))
        (self.keep, self.report) = (keep, report)
    }

    /// Has the folder looked through: at the start, and after each rotation. Returns at once.
    func tidy() {
        let mustStart = state.withLock { state in
            state.requests += 1
            defer { state.isAtWork = true }
            return !state.isAtWork
        }
        guard mustStart else { return }
        do {
            try DetachedThread.start { self.run() }
        } catch {
            state.withLock { $0.isAtWork = false }
            report(error)
        }
    }

    private func run() {
        // Of this thread only (setpriority(2), "C library/kernel differences").
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        var seen = 0
        while let requests = requests(since: seen) {
            seen = requests
            for name in removeOldest().compressed { compress(name, seen) }
        }
    }

    /// The number of requests; nil, and this thread ends, if there has been none since `seen`.
    private func requests(since seen: Int) -> Int? {
        state.withLock { state in
            state.isAtWork = state.requests != seen
            return state.isAtWork ? state.requests : nil
        }
    }

    @discardableResult
    private func removeOldest() -> RotationPlan {
        guard let files = Folder.names(in: folder) else {
            fail(.clear(folder: folder))
            return RotationPlan([], log: log, keep: keep)
        }
        let plan = RotationPlan(files, log: log, keep: keep)
        for name in plan.removed where unlink(folder + name) != 0 && errno != ENOENT { fail(.clear(folder: folder)) }
        return plan
    }

    private func compress(_ name: String, _ seen: Int) {
        var seen = seen
        do throws(AccessLogFailure) {
            try RotatedFile(path: folder + name).compress {
                // Rotations may come faster than a thread of the lowest priority gets on: files stay bounded all the same.
                let requests = state.withLock(\.requests)
                if requests != seen { removeOldest() }
                seen = requests
            }
        } catch {
            report(error)
        }
    }

    private func fail(_ action: AccessLogFailure.Action) { report(AccessLogFailure(action: action, code: errno)) }
}
