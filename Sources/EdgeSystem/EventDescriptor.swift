private import CLinux
private import Glibc

/// An eventfd(2): wakes a thread that waits in poll(2). Any thread.
package final class EventDescriptor: Sendable {
    package let descriptor: Int32

    package init() throws(SystemFailure) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if descriptor < 0 { throw SystemFailure(errno) }
    }

    deinit { close(descriptor) }

    package func signal() {
        var one: UInt64 = 1
        // A counter that cannot take more is one that will wake the thread.
        _ = write(descriptor, &one, 8)
    }

    package func reset() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// Waits until it is signalled, `other` can be written to, or the time is over; negative waits for ever.
    /// - Returns: whether it was signalled.
    @discardableResult
    package func wait(orWritable other: Int32? = nil, milliseconds: Int32) -> Bool {
        var polled = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        if let other { polled.append(pollfd(fd: other, events: Int16(POLLOUT), revents: 0)) }
        _ = poll(&polled, nfds_t(polled.count), milliseconds)
        return polled[0].revents != 0
    }
}
