internal import EdgeSystem
private import Glibc

/// One rotated file and how it is compressed, so that at every moment all its lines are in one whole file. Blocks.
struct RotatedFile {
    let path: String
    private var compressedPath: String { path + RotatedName.Form.compressed.rawValue }
    private var partialPath: String { path + RotatedName.Form.partial.rawValue }

    /// Puts `.gz` in the file's place. Leaves alone what is no file, is gone, or is still written to by another process:
    /// whoever writes holds a shared lock (``AccessLogDestination``), so that what is locked here alone is complete.
    ///
    /// - Parameter progress: called now and then.
    func compress(_ progress: () -> Void) throws(AccessLogFailure) {
        let source = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard source >= 0 else {
            if errno == ENOENT || errno == ELOOP { return }
            throw failure()
        }
        defer { close(source) }
        // File systems without locks have no second process either, one hopes.
        if flock(source, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return }
        // A process that is just being started has a copy of the descriptor, and with it the lock.
        defer { flock(source, LOCK_UN) }
        guard let status = FileStatus(of: source) else { throw failure() }
        guard status.isRegular, status.links > 0 else { return }
        do throws(AccessLogFailure) {
            try copy(source, status, progress)
            guard rename(partialPath, compressedPath) == 0 else { throw failure() }
        } catch {
            unlink(partialPath)
            throw error
        }
        syncFolder()
        guard unlink(path) == 0 || errno == ENOENT else { throw failure() }
    }

    /// Writes the compressed form, which has the mode, owner and time of the plain one, to the disk.
    private func copy(_ source: Int32, _ status: FileStatus, _ progress: () -> Void) throws(AccessLogFailure) {
        // A new file, whatever is there: what another user has put in its place, as a link to a file of somebody else's or
        // a pipe, is neither opened nor given away.
        guard unlink(partialPath) == 0 || errno == ENOENT else { throw failure() }
        let target = open(partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard target >= 0 else { throw failure() }
        defer { close(target) }
        status.copyAccess(to: target)
        guard var compressor = GzipCompressor() else {
            throw AccessLogFailure(action: .compress(path: path), code: ENOMEM)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var count = 0
        repeat {
            progress()
            count = read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            try compressor.compress(piece, isLast: count == 0) { output throws(AccessLogFailure) in
                try write(output, to: target)
            }
        } while count != 0
        status.copyTimes(to: target)
        // Before it stands for the plain form.
        guard fsync(target) == 0 else { throw failure() }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(AccessLogFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// The new name is on the disk before the old one goes. Where a folder cannot be synced, the kernel's order has to do.
    private func syncFolder() {
        let folder = open(Folder.split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func failure() -> AccessLogFailure { AccessLogFailure(action: .compress(path: path), code: errno) }
}
