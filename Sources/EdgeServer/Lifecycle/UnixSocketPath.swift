internal import Glibc

/// The place of a listener in the file system. Waits for nobody.
struct UnixSocketPath {
    enum Failure: Error, CustomStringConvertible {
        case inUse
        case noSocket

        var description: String {
            switch self {
            case .inUse: "another program uses this socket. Stop it, or choose another path."
            case .noSocket: "something that is no socket is in the way. Remove it, or choose another path."
            }
        }
    }

    private let path: String

    init(_ path: String) { self.path = path }

    /// Makes sure that nobody listens there. A socket that a killed process has left behind is no hindrance.
    func claim() throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .noSocket }
        if isAnswered { throw .inUse }
    }

    private var isAnswered: Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A path that is too long is refused where it is bound.
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, Int32(kind), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // Somebody listens, and accepts nobody at the moment (connect(2)).
        return result == 0 || errno == EAGAIN
    }
}
