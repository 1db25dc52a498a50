internal import EdgeCore
internal import EdgeSystem
private import CLinux
internal import Glibc

/// Where lines go: a file that is opened by its path, again where need be, or a descriptor that somebody else owns.
/// Belongs to the thread that writes.
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
        /// Nothing: the next line belongs into a new file (``rotate(at:)``).
        case full
        case failed(AccessLogFailure)
    }

    let path: String?
    let rotation: AccessLogRotation?
    private(set) var descriptor: Int32 = -1
    /// Whether a write never waits for a reader, as with files, which are also all that is rotated.
    private(set) var isRegular = false
    private var mustEndLine = false
    /// Bytes in the file, whoever wrote them, and whether the last one of ours ends a line.
    private var size = 0
    private var isInsideLine = false

    init(path: String, rotation: AccessLogRotation? = nil) { (self.path, self.rotation) = (path, rotation) }

    init(descriptor: Int32) {
        (path, rotation) = (nil, nil)
        self.descriptor = descriptor
        isRegular = FileStatus(of: descriptor)?.isRegular == true
    }

    deinit { if path != nil { release() } }

    /// Opens the file if it is not open or no longer has a name: writing to a deleted file would succeed unseen.
    mutating func prepare(reopening: Bool = false) throws(AccessLogFailure) -> State {
        guard let path else { return .ready }
        if descriptor >= 0, !reopening, let status = FileStatus(of: descriptor), status.links > 0 {
            size = Int(status.size)
            return .ready
        }
        try open(path)
        return .opened
    }

    /// Writes a part of `bytes`, at least one byte unless it fails, blocks or is full.
    ///
    /// - Parameter isBounded: false where the file has to grow beyond its size, because it could not be rotated.
    mutating func write(_ bytes: UnsafeRawBufferPointer, isBounded: Bool = true) -> Written {
        if mustEndLine {
            guard Glibc.write(descriptor, "\n", 1) == 1 else { return failure() }
            mustEndLine = false
            size += 1
        }
        if !isRegular, !canBeWritten { return .blocked }
        var part = isRegular ? bytes : Self.portion(of: bytes)
        if isRegular, isBounded, let rotation {
            let count = rotation.portion(of: bytes, size: size, isInsideLine: isInsideLine)
            guard count > 0 else { return .full }
            part = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        }
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
        guard count > 0 else { return failure() }
        isInsideLine = part[count - 1] != UInt8(ascii: "\n")
        return .bytes(count)
    }

    /// Gives the file its name among the old ones and opens a new one. Where somebody else has moved it meanwhile, only
    /// opens the one that is there now. After a failure lines go on to where they went.
    mutating func rotate(at time: WallTime) throws(AccessLogFailure) {
        guard let path, let status = FileStatus(of: descriptor) else { return }
        // Where the path is a link, what it leads to moves, not the link.
        guard let file = Folder.resolve(path), status.isAt(file) else { return try open(path) }
        let (folder, log) = Folder.split(file)
        var time = RotatedName.time(for: log, among: Folder.names(in: folder) ?? [], at: time)
        while edge_rename_to_free_name(file, "\(file).\(RotatedName.stamp(at: time))") != 0 {
            guard errno == EEXIST, let next = RotatedName.time(after: time) else {
                throw AccessLogFailure(action: .rotate(path: path), code: errno)
            }
            time = next
        }
        try openNext(file, like: status)
    }

    /// Opens a new file in the place of one that was moved. Another user may write to the folder and have put something
    /// there since: only what this call creates gets the moved one's owner and mode.
    ///
    /// - Parameters:
    ///   - file: where the moved one was, past links.
    ///   - status: of the moved one.
    mutating func openNext(_ file: String, like status: FileStatus) throws(AccessLogFailure) {
        let new = Glibc.open(file, Self.flags | O_EXCL | O_NOFOLLOW, 0o640)
        // Another writer of the file was quicker, or has even rotated the new one already (``open(_:)``).
        guard new >= 0, Self.lock(new) else {
            if new >= 0 { close(new) }
            return try open(path ?? file)
        }
        status.copyAccess(to: new)
        take(new, endsInsideLine: false)
    }

    private mutating func open(_ path: String) throws(AccessLogFailure) {
        let new = Self.open(path)
        guard new >= 0 else { throw AccessLogFailure(action: .open(path: path), code: errno) }
        take(new, endsInsideLine: Self.endsInsideLine(path))
    }

    private mutating func take(_ new: Int32, endsInsideLine: Bool) {
        release()
        descriptor = new
        let status = FileStatus(of: new)
        isRegular = status?.isRegular == true
        size = Int(status?.size ?? 0)
        isInsideLine = false
        mustEndLine = isRegular && endsInsideLine
    }

    /// Closes, and unlocks before it: a process that is just being started has a copy of the descriptor until it runs its
    /// program, and with it the lock (flock(2)).
    private func release() {
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Without waiting for a pipe's reader.
    private static let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK

    /// Opens and locks. If somebody compresses the file already, it has been rotated since, and the path leads to another.
    private static func open(_ path: String) -> Int32 {
        let first = Glibc.open(path, flags, 0o640)
        guard first >= 0, !lock(first) else { return first }
        close(first)
        let second = Glibc.open(path, flags, 0o640)
        if second >= 0 { _ = lock(second) }
        return second
    }

    /// Takes the lock of those who write: nobody compresses the file meanwhile (``RotatedFile``). File systems without
    /// locks have to do without.
    /// - Returns: false if somebody does already.
    private static func lock(_ descriptor: Int32) -> Bool {
        flock(descriptor, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK
    }

    private func failure() -> Written {
        switch errno {
        case EINTR: .bytes(0)
        case EAGAIN: .blocked
        default: .failed(AccessLogFailure(action: .write(path: path), code: errno))
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

    /// Whether the file's last byte is not a newline: a line was cut by a full disk or a crash.
    private static func endsInsideLine(_ path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var last: UInt8 = 0
        return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 && last != UInt8(ascii: "\n")
    }
}
