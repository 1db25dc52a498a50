private import EdgeSystem
private import Glibc
private import Synchronization

/// The rotated files of one log: removes the oldest and compresses the others, on a thread of its own of the lowest
/// priority, which is there only while there is something to do. Any thread may call it.
///
/// Ending at any moment leaves each line in a whole file, and the next start goes on.
final class RotatedFiles: Sendable {
    private struct Request {
        /// How often it was asked.
        var number = 0
        /// Where the log is, past links, with the slash at its end.
        var folder: String
        /// The log's name in the folder.
        var log: String
    }

    private struct State {
        var isAtWork = false
        var request: Request
    }

    private let path: String
    private let keep: Int
    private let state: Mutex<State>
    private let report: @Sendable (AccessLogFailure) -> Void

    /// - Parameters:
    ///   - path: of the log, absolute. Where it is a link, old files are beside what it leads to.
    ///   - keep: how many rotated files stay.
    ///   - report: hears, on the thread, what failed. It is tried again when ``tidy()`` is next called.
    init(path: String, keep: Int, report: @escaping @Sendable (AccessLogFailure) -> Void) {
        let (folder, log) = Folder.split(path)
        state = Mutex(State(request: Request(folder: folder, log: log)))
        (self.path, self.keep, self.report) = (path, keep, report)
    }

    /// Has the folder looked through: at the start, and after the log was opened, which may be elsewhere since. Returns
    /// at once.
    func tidy() {
        // Gone for a moment if another process rotates it just now: then it is where it was.
        let place = Folder.resolve(path).map(Folder.split)
        let mustStart = state.withLock { state in
            state.request.number += 1
            if let place { (state.request.folder, state.request.log) = place }
            defer { state.isAtWork = true }
            return !state.isAtWork
        }
        guard mustStart else { return }
        do throws(SystemFailure) {
            try DetachedThread.start("rotation") { self.run() }
        } catch {
            state.withLock { $0.isAtWork = false }
            report(AccessLogFailure(action: .start, code: error.code))
        }
    }

    private func run() {
        // Of this thread only (setpriority(2), "C library/kernel differences").
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        var seen = 0
        while let request = request(since: seen) {
            seen = request.number
            for name in removeOldest(request).compressed { compress(name, request) }
        }
    }

    /// The latest request; nil, and this thread ends, if there has been none since number `seen`.
    private func request(since seen: Int) -> Request? {
        state.withLock { state in
            state.isAtWork = state.request.number != seen
            return state.isAtWork ? state.request : nil
        }
    }

    @discardableResult
    private func removeOldest(_ request: Request) -> RotationPlan {
        let (folder, log) = (request.folder, request.log)
        guard let files = Folder.names(in: folder) else {
            fail(.clear(folder: folder))
            return RotationPlan([], log: log, keep: keep)
        }
        let plan = RotationPlan(files, log: log, keep: keep)
        for name in plan.removed where unlink(folder + name) != 0 && errno != ENOENT { fail(.clear(folder: folder)) }
        return plan
    }

    private func compress(_ name: String, _ request: Request) {
        var seen = request.number
        do throws(AccessLogFailure) {
            try RotatedFile(path: request.folder + name).compress {
                // Rotations may come faster than a thread of the lowest priority gets on: files stay bounded all the same.
                let latest = state.withLock(\.request)
                if latest.number != seen { removeOldest(latest) }
                seen = latest.number
            }
        } catch {
            report(error)
        }
    }

    private func fail(_ action: AccessLogFailure.Action) { report(AccessLogFailure(action: action, code: errno)) }
}
