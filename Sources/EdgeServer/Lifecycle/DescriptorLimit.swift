internal import EdgeCore
internal import Glibc

/// How many files and sockets this process may have open (getrlimit(2)). Accepting more connections than that would leave
/// none for the way to Plunk.
enum DescriptorLimit {
    /// What the process needs besides connections: loops, listeners, the log.
    private static let reserve = 64
    /// An upstream connection's own socket and libcurl's wake-up pair, with one to spare while another is opened.
    private static let perUpstreamConnection = 4

    /// Raises the limit as far as the system lets us.
    ///
    /// - Returns: how many clients can be served under it.
    static func raise(for upstream: UpstreamSettings) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return .max }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        let descriptors = Int(clamping: limit.rlim_cur)
        return max(1, descriptors - reserve - perUpstreamConnection * upstream.maximumConnections)
    }
}
