internal import EdgeCore
internal import Synchronization

/// Counts connections, in all and for each client. All event loops share one.
final class ConnectionAdmission: Sendable {
    enum Verdict: Equatable {
        case admitted
        /// The client has as many as it may have: room for others helps it nothing.
        case tooManyOfClient
        /// There is no place for anybody.
        case full
    }

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

    var count: Int { counts.withLock { $0.all } }

    /// Whether one more connection may be served. If so it counts until ``leave(_:)``.
    ///
    /// - Parameter client: whom it counts for (``IPAddress/ofClient``); nil for those that are not counted by themselves.
    func admit(_ client: IPAddress?) -> Verdict {
        counts.withLock { counts in
            let own = client.flatMap { counts.perClient[$0] } ?? 0
            guard client == nil || own < counts.maximumPerClient else { return .tooManyOfClient }
            guard counts.all < counts.maximum else { return .full }
            if let client { counts.perClient[client] = own + 1 }
            counts.all += 1
            return .admitted
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
