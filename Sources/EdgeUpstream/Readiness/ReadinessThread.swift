private import CLinux
private import EdgeSystem
private import Glibc
private import Synchronization

/// One small thread that tells event loops when a socket of libcurl's is ready. NIO has no public way to watch a
/// descriptor that it does not own, so each loop gathers its upstream sockets in an epoll set (``Readiness``); this
/// thread watches only the sets, never the sockets, and wakes a loop at most once until that loop has looked.
///
/// Started when the first set is added, and ends with the process: one is enough for it. Any thread may call it.
package final class ReadinessThread: Sendable {
    private struct State {
        var wakers: [UInt64: @Sendable () -> Void] = [:]
        var nextIdentifier: UInt64 = 0
        var isRunning = false
    }

    private let sets: CInt
    private let state = Mutex(State())

    /// - Returns: nil when there are no descriptors left.
    package init?() {
        sets = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard sets >= 0 else { return nil }
    }

    deinit {
        // The thread holds a reference, so it was never started.
        close(sets)
    }

    /// Calls `wake` on this thread once an event waits in `set`; again only after ``rearm(_:identifier:)``.
    ///
    /// - Returns: a name for the set; nil when it cannot be watched.
    func watch(_ set: CInt, wake: @escaping @Sendable () -> Void) -> UInt64? {
        let identifier: UInt64? = state.withLock { state in
            if !state.isRunning {
                state.isRunning = (try? DetachedThread.start("upstream") { self.run() }) != nil
            }
            guard state.isRunning else { return nil }
            let identifier = state.nextIdentifier
            state.nextIdentifier += 1
            state.wakers[identifier] = wake
            return identifier
        }
        guard let identifier else { return nil }
        guard Self.control(sets, EPOLL_CTL_ADD, set, EPOLLIN.rawValue | EPOLLONESHOT.rawValue, identifier) else {
            state.withLock { _ = $0.wakers.removeValue(forKey: identifier) }
            return nil
        }
        return identifier
    }

    func rearm(_ set: CInt, identifier: UInt64) {
        _ = Self.control(sets, EPOLL_CTL_MOD, set, EPOLLIN.rawValue | EPOLLONESHOT.rawValue, identifier)
    }

    /// To be called before `set` is closed.
    func forget(_ set: CInt, identifier: UInt64) {
        _ = Self.control(sets, EPOLL_CTL_DEL, set, 0, identifier)
        state.withLock { _ = $0.wakers.removeValue(forKey: identifier) }
    }

    private func run() {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 16) { events in
            while true {
                // -1 is EINTR: everything else would be a mistake in the arguments.
                let count = epoll_wait(sets, events.baseAddress, CInt(events.count), -1)
                for index in 0..<max(0, Int(count)) {
                    let identifier = events[index].data.u64
                    // Copied out: nothing is called while the lock is held.
                    let wake = state.withLock { $0.wakers[identifier] }
                    wake?()
                }
            }
        }
    }

    private static func control(
        _ sets: CInt, _ operation: CInt, _ descriptor: CInt, _ bits: UInt32, _ identifier: UInt64
    ) -> Bool {
        var event = epoll_event(events: bits, data: epoll_data_t(u64: identifier))
        return epoll_ctl(sets, operation, descriptor, &event) == 0
    }
}
