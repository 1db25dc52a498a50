import Glibc

/// A stream socket on which nothing waits longer than it is told. Any thread; ``shutDown()`` from one ends what another
/// waits for. Closed when its last reference goes.
package final class Socket: Sendable {
    package enum Failure: Error, Hashable, Sendable {
        case timedOut
        /// The peer sent RST, or is gone.
        case reset
        /// Any other `errno`, and the call that set it.
        case system(String, Int32)
    }

    private let descriptor: Int32

    private init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    // MARK: - Opening

    /// - Parameters:
    ///   - source: the last part of the address of 127.0.0.0/24 that it comes from.
    ///   - receiveBuffer: about how many bytes may wait to be read here, so that a peer soon feels a slow reader. Smaller
    ///     later would be worse: the window then shrinks under what is on its way, and the peer's own windows are refused
    ///     with it until it sends all of that again.
    package static func connect(
        toPort port: UInt16, from source: UInt8 = 1, receiveBuffer: Int32? = nil
    ) throws -> Socket {
        let socket = try open(AF_INET)
        if var receiveBuffer {
            setsockopt(
                socket.descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        guard source == 1 || withLoopback(source, port: 0, { Glibc.bind(socket.descriptor, $0, $1) }) == 0 else {
            throw Failure.system("bind", errno)
        }
        guard withLoopback(port: port, { Glibc.connect(socket.descriptor, $0, $1) }) == 0 else {
            throw Failure.system("connect", errno)
        }
        return socket
    }

    package static func connect(toUnixPath path: String) throws -> Socket {
        let socket = try open(AF_UNIX)
        guard try withUnixPath(path, { Glibc.connect(socket.descriptor, $0, $1) }) == 0 else {
            throw Failure.system("connect", errno)
        }
        return socket
    }

    /// A listening socket in the file system.
    package static func listen(atUnixPath path: String, backlog: CInt) throws -> Socket {
        let socket = try open(AF_UNIX)
        guard try withUnixPath(path, { Glibc.bind(socket.descriptor, $0, $1) }) == 0,
            Glibc.listen(socket.descriptor, backlog) == 0
        else { throw Failure.system("listen", errno) }
        return socket
    }

    /// A listening socket on a port of 127.0.0.1 that the system picks.
    package static func listen(backlog: CInt = 512) throws -> (socket: Socket, port: UInt16) {
        let (socket, port) = try reserve()
        guard Glibc.listen(socket.descriptor, backlog) == 0 else { throw Failure.system("listen", errno) }
        return (socket, port)
    }

    /// A port of 127.0.0.1 on which nobody listens, and nobody else will as long as the socket is kept.
    package static func reserve() throws -> (socket: Socket, port: UInt16) {
        let socket = try open(AF_INET)
        let bound = withLoopback(port: 0) { Glibc.bind(socket.descriptor, $0, $1) }
        guard bound == 0 else { throw Failure.system("bind", errno) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.descriptor, $0, &length) }
        }
        guard named == 0 else { throw Failure.system("getsockname", errno) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// The next connection; nil once the listening socket has been shut down.
    package func accept() -> Socket? {
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 {
                // A child process must not keep the connection open.
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                return Socket(owning: accepted)
            }
            if errno == EINVAL || errno == EBADF { return nil }
            // The client has gone, or there are no descriptors for a moment.
            poll(nil, 0, 10)
        }
    }

    // MARK: - Talking

    package func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT, until: deadline)
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count >= 0 { sent += count } else if errno != EAGAIN { throw failure("send") }
        }
    }

    /// What has arrived, at least one byte; empty at the end of the stream.
    package func receive(atMost count: Int = 65536, until deadline: ContinuousClock.Instant) throws -> [UInt8] {
        try wait(for: POLLIN, until: deadline)
        var buffer = [UInt8](repeating: 0, count: count)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw failure("recv") }
        return Array(buffer.prefix(count))
    }

    /// Says that nothing more will be sent, and goes on receiving.
    package func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends both directions; whoever waits on this socket wakes up.
    package func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Ends the connection by RST at once: what connecting to no family at all does (connect(2)).
    package func reset() {
        var nowhere = sockaddr(sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        Glibc.connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    // MARK: - Below

    private static func open(_ family: Int32) throws -> Socket {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system("socket", errno) }
        // Each piece of a request goes out by itself, and at once.
        var yes: Int32 = 1
        if family == AF_INET {
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        return Socket(owning: descriptor)
    }

    private static func withUnixPath(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure.system("address", ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func withLoopback(
        _ host: UInt8 = 1, port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7F00_0000 + UInt32(host)).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws {
        let remaining = ContinuousClock.now.duration(to: deadline)
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let ready = poll(&entry, 1, Int32(max(0, remaining / .milliseconds(1)).rounded(.up)))
        if ready == 0 { throw Failure.timedOut }
        if ready < 0 { throw Failure.system("poll", errno) }
    }

    private func failure(_ call: String) -> Failure {
        errno == ECONNRESET || errno == EPIPE ? .reset : .system(call, errno)
    }
}
