internal import EdgeCore
internal import Glibc

/// How many files and sockets this process may have open (getrlimit(2)). Accepting more connections than that would leave
/// none for the way to Plunk.
enum DescriptorLimit {
    /// What the process has open whatever it does (streams, signals, log, admin listener), and some for what comes and
    /// goes: files that a reload reads, a log that is opened again, whoever asks the admin listener.
    private static let reserve = 32
    /// NIO's three, the set of upstream sockets, and another such set while a reload changes the way to Plunk.
    private static let perEventLoop = 5
    /// An upstream connection's own socket and libcurl's wake-up pair, with one to spare while another is opened.
    private static let perUpstreamConnection = 4

    /// Each client may need an upstream connection, until there are as many as there may be.
    static func clients(descriptors: Int, settings: EdgeSettings, eventLoops: Int) -> Int {
        let free = max(0, descriptors - reserve - perEventLoop * eventLoops - settings.listeners.count)
        let upstream = perUpstreamConnection * settings.upstream.maximumConnections
        return max(1, max(free / (1 + perUpstreamConnection), free - upstream))
    }

    /// Raises the limit as far as the system lets us.
    ///
    /// - Returns: how many clients can be served under it.
    static func raise(for settings: EdgeSettings, eventLoops: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return .max }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        return clients(descriptors: Int(clamping: limit.rlim_cur), settings: settings, eventLoops: eventLoops)
    }
}
