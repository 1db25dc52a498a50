private import CLinux
private import Glibc
internal import NIOCore

/// The upstream sockets of one event loop, in an epoll set of their own (level-triggered). Confined to that loop.
///
/// It keeps no list of sockets: libcurl closes some of its own without a word and their numbers come back, so what is
/// registered is asked of the kernel each time, which forgets a socket by itself when it is closed.
final class Readiness {
    struct Event {
        /// The `owner` given to ``watch(_:isRead:isWrite:owner:)``.
        var owner: UInt32
        var socket: CInt
        var isReadable: Bool
        var isWritable: Bool
        /// EPOLLERR or EPOLLHUP.
        var isBroken: Bool
    }

    private static let capacity = 128

    private let thread: ReadinessThread
    private let set: CInt
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: capacity)
    private var identifier: UInt64?
    private var handler: ((Event) -> Void)?

    /// - Parameter handler: called on the loop for each ready socket, until ``close()``. An event may be stale: its
    ///   owner gone, its socket closed in an earlier call of the same round.
    /// - Returns: nil when there are no descriptors left.
    init?(eventLoop: any EventLoop, thread: ReadinessThread, handler: @escaping (Event) -> Void) {
        eventLoop.assertInEventLoop()
        (self.thread, self.handler) = (thread, handler)
        set = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard set >= 0 else { return nil }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let dispatch: @Sendable () -> Void = { bound.value.dispatch() }
        identifier = thread.watch(set) { eventLoop.execute(dispatch) }
        guard identifier != nil else { return nil }
    }

    deinit {
        if set >= 0 { Glibc.close(set) }
        events.deallocate()
    }

    /// Watches a socket, or changes what it is watched for; for neither: no longer.
    func watch(_ socket: CInt, isRead: Bool, isWrite: Bool, owner: UInt32) {
        let bits = (isRead ? EPOLLIN.rawValue : 0) | (isWrite ? EPOLLOUT.rawValue : 0)
        let data = epoll_data_t(u64: UInt64(owner) << 32 | UInt64(UInt32(bitPattern: socket)))
        var event = epoll_event(events: bits, data: data)
        if bits == 0 {
            // ENOENT and EBADF: libcurl has closed it already.
            epoll_ctl(set, EPOLL_CTL_DEL, socket, &event)
        } else if epoll_ctl(set, EPOLL_CTL_ADD, socket, &event) != 0, errno == EEXIST {
            epoll_ctl(set, EPOLL_CTL_MOD, socket, &event)
        }
    }

    func close() {
        guard let identifier else { return }
        self.identifier = nil
        handler = nil
        thread.forget(set, identifier: identifier)
    }

    private func dispatch() {
        guard let identifier else { return }
        let count = epoll_wait(set, events.baseAddress, CInt(events.count), 0)
        for index in 0..<max(0, Int(count)) {
            let (bits, data) = (events[index].events, events[index].data.u64)
            handler?(
                Event(
                    owner: UInt32(truncatingIfNeeded: data >> 32),
                    socket: CInt(bitPattern: UInt32(truncatingIfNeeded: data)),
                    isReadable: bits & EPOLLIN.rawValue != 0,
                    isWritable: bits & EPOLLOUT.rawValue != 0,
                    isBroken: bits & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
                )
            )
        }
        // Level-triggered: what was not taken in this round wakes the loop again at once.
        if self.identifier != nil { thread.rearm(set, identifier: identifier) }
    }
}
