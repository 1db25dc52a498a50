private import Glibc

/// Where lines go: a file that is opened by its path, again where need be, or a descriptor that somebody else owns.
/// Belongs to the thread that writes. Rotation by size has its place in ``prepare()``, before anything is written.
struct AccessLogDestination: ~Copyable {
    enum State: Equatable {
        /// Goes on where it stopped.
        case ready
        /// A file was opened: a line that was begun elsewhere must be written from its start.
        case opened
    }

    enum Written: Equatable {
        case bytes(Int)
        /// Nothing: whoever reads it does not keep up.
        case blocked
        case failed(AccessLogFailure)
    }

    private let path: String?
    private(set) var descriptor: Int32 = -1
    /// Whether a write never waits for a reader, as with files.
    private var isRegular = false
    private var mustEndLine = false

    init(path: String) { self.path = path }

    init(descriptor: Int32) {
        path = nil
        self.descriptor = descriptor
        isRegular = Self.isRegular(descriptor)
    }

    deinit { if path != nil, descriptor >= 0 { close(descriptor) } }

    /// Opens the file if it is not open or no longer has a name: writing to a deleted file would succeed unseen.
    mutating func prepare(reopening: Bool = false) throws(AccessLogFailure) -> State {
        guard let path else { return .ready }
        if descriptor >= 0, !reopening, Self.hasName(descriptor) { return .ready }
        let new = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0o640)
        guard new >= 0 else { throw AccessLogFailure(action: .open(path: path), code: errno) }
        if descriptor >= 0 { close(descriptor) }
        descriptor = new
        isRegular = Self.isRegular(new)
        mustEndLine = isRegular && Self.endsInsideLine(path)
        return .opened
    }

    /// Writes a part of `bytes`, at least one byte unless it fails or blocks.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> Written {
        if mustEndLine {
            guard Glibc.write(descriptor, "\n", 1) == 1 else { return failure() }
            mustEndLine = false
        }
        if !isRegular, !canBeWritten { return .blocked }
        let part = isRegular ? bytes : Self.portion(of: bytes)
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
        return count > 0 ? .bytes(count) : failure()
    }

    private func failure() -> Written {
        switch errno {
        case EINTR: .bytes(0)
        case EAGAIN: .blocked
        default: .failed(AccessLogFailure(action: .write, code: errno))
        }
    }

    private var canBeWritten: Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    /// As many whole lines as a pipe that can be written to takes without blocking, and in one piece (pipe(7)).
    private static func portion(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let atomicSize = 4096
        let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(atomicSize))
        guard bytes.count > atomicSize, let end = part.lastIndex(of: UInt8(ascii: "\n")) else { return part }
        return UnsafeRawBufferPointer(rebasing: part[...end])
    }

    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func hasName(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// Whether the file's last byte is not a newline: a line was cut by a full disk or a crash.
    private static func endsInsideLine(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var last: UInt8 = 0
        return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 && last != UInt8(ascii: "\n")
    }
}
