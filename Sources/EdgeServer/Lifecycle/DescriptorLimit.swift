internal import EdgeCore
internal import Glibc

/// How many files and sockets this process may have open (getrlimit(2)). Accepting more connections than that would leave
/// none for the way to Plunk.
enum DescriptorLimit {
    /// What the process needs besides connections: loops, listeners, the log.
    private static let reserve = 24
    /// An upstream connection's own socket and libcurl's wake-up pair, with one to spare while another is opened.
    private static let perUpstreamConnection = 4

    /// Each client may need an upstream connection, until there are as many as there may be.
    static func clients(descriptors: Int, upstreamConnections: Int) -> Int {
        let free = max(0, descriptors - reserve)
        return max(1, max(free / (1 + perUpstreamConnection), free - perUpstreamConnection * upstreamConnections))
    }

    /// Raises the limit as far as the system lets us.
    ///
    /// - Returns: how many clients can be served under it.
    static func raise(for upstream: UpstreamSettings) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return .max }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        return clients(descriptors: Int(clamping: limit.rlim_cur), upstreamConnections: upstream.maximumConnections)
    }
}
