private import Glibc

/// What a file is whatever it is called.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt
    private let number: UInt

    fileprivate init(_ status: stat) { (device, number) = (UInt(status.st_dev), UInt(status.st_ino)) }
}

/// What the kernel knows of a file (stat(2)).
package struct FileStatus: Sendable {
    package let identity: FileIdentity
    /// Bytes.
    package let size: Int64
    /// How many names it has; 0 for one that is open and deleted.
    package let links: Int
    package let isRegular: Bool
    package let isFolder: Bool
    /// What owner, group and others may do with it: the lower nine bits of its mode.
    package let permissions: UInt32
    private let owner: UInt32
    private let group: UInt32
    /// When it was last read and last written to.
    private let accessed: FileTime
    private let modified: FileTime

    private init(_ status: stat) {
        (identity, size, links) = (FileIdentity(status), Int64(status.st_size), Int(status.st_nlink))
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        (permissions, owner, group) = (status.st_mode & 0o777, status.st_uid, status.st_gid)
        accessed = FileTime(seconds: status.st_atim.tv_sec, nanoseconds: status.st_atim.tv_nsec)
        modified = FileTime(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Of an open file; nil, and errno, if there is none.
    package init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of what `path` leads to, past links; nil, and errno, where it leads nowhere. Blocks, for a disk may have to be
    /// asked.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of what stands at `path` itself, be it a link. Blocks.
    package init?(linkAt path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// When it was last written to, in milliseconds since 1970.
    package var changedMilliseconds: Int64 { modified.milliseconds }

    /// What is another after the file was replaced or written to.
    package var stamp: FileStamp { FileStamp(identity: identity, size: size, modified: modified) }

    /// Whether `path` leads to this file.
    package func isAt(_ path: String) -> Bool { FileStatus(path: path)?.identity == identity }

    /// Gives an open file this one's owner, group and permissions, as far as this process may.
    package func copyAccess(to descriptor: Int32) {
        if fchown(descriptor, owner, group) != 0 { _ = fchown(descriptor, .max, group) }
        fchmod(descriptor, permissions)
    }

    /// Gives an open file this one's times.
    package func copyTimes(to descriptor: Int32) {
        let times = [accessed, modified].map { timespec(tv_sec: $0.seconds, tv_nsec: $0.nanoseconds) }
        futimens(descriptor, times)
    }
}

/// What tells one content of a file from another.
package struct FileStamp: Hashable, Sendable {
    fileprivate let identity: FileIdentity
    fileprivate let size: Int64
    fileprivate let modified: FileTime
}

/// A time of a file's, since 1970. Some file systems keep any that somebody gives to a file.
struct FileTime: Hashable, Sendable {
    let seconds: Int
    let nanoseconds: Int

    /// Rounded down; the nearest that there is for what lies beyond.
    var milliseconds: Int64 {
        let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1000)
        let (sum, overflowsToo) = product.addingReportingOverflow(Int64(nanoseconds) / 1_000_000)
        return overflow || overflowsToo ? (seconds < 0 ? .min : .max) : sum
    }
}
