import Glibc
import Logging
import Synchronization

/// Standard error, whole lines at a time. Any thread.
enum StandardError {
    /// Lines that nobody has taken since the last one that somebody has.
    private static let dropped = Mutex(0)

    /// What is written to a pipe in one piece, or not at all (pipe(7)).
    private static let atomicSize = 4096

    /// For commands that people wait for: waits for whoever reads.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// For an edge that serves: a reader who does not keep up must not stop an event loop. What he does not take is dropped,
    /// and he is told how much that was.
    static func report(_ line: String) {
        dropped.withLock { dropped in
            if dropped > 0 {
                let notice = OperatorLogHandler.line(
                    .warning, "lines that were dropped here because nobody read them: \(dropped)")
                guard isTaken(notice) else { return dropped += 1 }
                dropped = 0
            }
            if !isTaken(line) { dropped += 1 }
        }
    }

    private static func isTaken(_ line: String) -> Bool {
        var bytes = Array(line.utf8)
        if bytes.count > atomicSize { bytes = bytes.prefix(atomicSize - 1) + [UInt8(ascii: "\n")] }
        // The journal's is a socket.
        let sent = send(STDERR_FILENO, bytes, bytes.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        if sent >= 0 || errno != ENOTSOCK { return sent >= 0 }
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&polled, 1, 0) > 0 else { return false }
        return Glibc.write(descriptor, bytes, bytes.count) >= 0
    }

    /// The same pipe, opened once more so that no write to it waits: between a look at it and a write, another writer, as
    /// the access log, may have filled it. Standard error itself where it is no pipe, or another user's.
    private static let descriptor: CInt = {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return STDERR_FILENO }
        let opened = open("/proc/self/fd/\(STDERR_FILENO)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        return opened < 0 ? STDERR_FILENO : opened
    }()
}
