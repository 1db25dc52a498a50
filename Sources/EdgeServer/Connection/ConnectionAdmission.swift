internal import EdgeCore
internal import Synchronization

/// Counts connections, in all and for each client. All event loops share one.
final class ConnectionAdmission: Sendable {
    private struct Counts {
        var all = 0
        /// Only clients with a connection are here, so it is bounded by their number.
        var perClient: [IPAddress: Int] = [:]
        var maximum: Int
        var maximumPerClient: Int
    }

    private let counts: Mutex<Counts>

    init(maximum: Int, maximumPerClient: Int) {
        counts = Mutex(Counts(maximum: maximum, maximumPerClient: maximumPerClient))
    }

    /// Changes how many there may be. Those that are open stay.
    func limit(to maximum: Int, perClient: Int) {
        counts.withLock { ($0.maximum, $0.maximumPerClient) = (maximum, perClient) }
    }

    /// Whether there is no place for anybody.
    var isFull: Bool { counts.withLock { $0.all >= $0.maximum } }

    var count: Int { counts.withLock { $0.all } }

    /// Whom a connection counts for: an address of IPv4, or the /64 that a client of IPv6 owns at least.
    ///
    /// - Returns: nil for peers that are not counted by themselves: trusted proxies and local sockets.
    static func client(of peer: IPAddress?, isTrusted: Bool) -> IPAddress? {
        guard let peer, !isTrusted else { return nil }
        return peer.family == .v6 ? peer.masked(to: 64) : peer
    }

    /// Whether one more connection may be served. If so it counts until ``leave(_:)``.
    ///
    /// - Parameter client: by ``client(of:isTrusted:)``.
    func admit(_ client: IPAddress?) -> Bool {
        counts.withLock { counts in
            guard counts.all < counts.maximum else { return false }
            if let client {
                let own = counts.perClient[client, default: 0]
                guard own < counts.maximumPerClient else { return false }
                counts.perClient[client] = own + 1
            }
            counts.all += 1
            return true
        }
    }

    func leave(_ client: IPAddress?) {
        counts.withLock { counts in
            counts.all -= 1
            guard let client, let own = counts.perClient[client] else { return }
            counts.perClient[client] = own > 1 ? own - 1 : nil
        }
    }
}
