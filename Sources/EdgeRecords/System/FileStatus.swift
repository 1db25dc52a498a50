internal import Glibc

/// What a file is whatever it is called.
struct FileIdentity: Hashable {
    var device: UInt
    var number: UInt
}

/// What stat(2) says of the log's files.
enum FileStatus {
    static func of(_ descriptor: Int32) -> stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }

    /// Of what `path` leads to, past links; nil, and errno, where it leads nowhere.
    static func of(path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    /// Of what stands at `path` itself, be it a link.
    static func ofLink(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Whether `path` leads to the open file `status`.
    static func leads(_ path: String, to status: stat) -> Bool {
        of(path: path)?.identity == status.identity
    }

    /// Where `path` leads, past links; nil, and errno, where it leads nowhere.
    static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Gives an open file the owner, group and mode of another, as far as this process may: whoever reads the log goes on
    /// reading it.
    static func copy(_ status: stat, to descriptor: Int32) {
        if fchown(descriptor, status.st_uid, status.st_gid) != 0 { _ = fchown(descriptor, .max, status.st_gid) }
        fchmod(descriptor, status.st_mode & 0o777)
    }
}

extension stat {
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }

    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }

    var identity: FileIdentity { FileIdentity(device: UInt(st_dev), number: UInt(st_ino)) }

    /// When it was last written to, in milliseconds since 1970.
    var changedMilliseconds: Int64 { Int64(st_mtim.tv_sec) * 1000 + Int64(st_mtim.tv_nsec) / 1_000_000 }
}
