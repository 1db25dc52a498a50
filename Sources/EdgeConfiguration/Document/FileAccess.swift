internal import EdgeCore
private import Glibc

/// The files that a configuration is and points to. Blocks; never on an event loop.
enum FileAccess {
    struct Failure: Error {
        /// What the system says, `No such file or directory`, or that it is too large or a folder.
        var reason: String
    }

    /// The whole file, if it has no more than `maximumSize` bytes.
    ///
    /// - Parameter waits: whether to read what is no regular file, too: a pipe, whose writer may never come.
    static func read(_ path: String, maximumSize: Int, waits: Bool = true) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (waits ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else { throw systemFailure() }
        defer { close(descriptor) }
        if !waits {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw systemFailure() }
            // A folder's reason comes from the system.
            guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
                throw Failure(reason: "it is no regular file, and only those are read while the edge runs")
            }
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        // A private key may stand in the file.
        defer { Erasure.erase(chunk) }
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw systemFailure() }
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= maximumSize else {
                throw Failure(reason: "it is larger than \(SizeText.text(maximumSize))")
            }
        }
    }

    /// Why this user may not write a file, make it where it is missing, or change a folder's contents; nil if it may.
    static func obstacle(toWriting path: String) -> String? {
        if access(path, isFolder(path) ? W_OK | X_OK : W_OK) == 0 { return nil }
        if errno == ENOENT, access(folder(of: path), W_OK | X_OK) == 0 { return nil }
        return systemFailure().reason
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is something at `path` that is no file: a pipe, a device.
    static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// Whether there is something at `path` that is no socket.
    static func isOther(thanSocket path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
    }

    /// The one name of a file, its folder past links and dots; as it is where the folder is not there.
    static func resolved(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), let found = realpath(folder(of: path), nil) else {
            return path
        }
        defer { free(found) }
        return String(cString: found) + path[slash...]
    }

    /// The folder that holds `path`, absolute; a relative path starts where the process does.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return workingFolder }
        let folder = String(path[..<slash])
        if folder.isEmpty { return "/" }
        return folder.hasPrefix("/") ? folder : absolute(folder, from: workingFolder)
    }

    /// - Parameter folder: where `path` starts if it is relative.
    static func absolute(_ path: String, from folder: String) -> String {
        if path.hasPrefix("/") { return path }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    private static var workingFolder: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    private static func systemFailure() -> Failure { Failure(reason: String(cString: strerror(errno))) }
}
