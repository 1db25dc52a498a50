/// How an exchange ended, once for every request: the access log's `outcome`.
package enum Outcome: String, CaseIterable, Sendable {
    /// Plunk answered, with whatever status; its answer went back.
    case forwarded
    /// A CORS preflight was answered with 204.
    case preflight
    /// A rule refused the request.
    case rejected
    /// A rate limit refused it: ours, or Plunk's while it lasts. The answer by which Plunk began it was forwarded.
    case limited
    /// No room: connections, requests in flight, or the breaker is open.
    case overloaded
    /// Plunk could not be asked, or its answer could not be used.
    case upstreamFailed = "upstream_failed"
    /// The client went away before its answer.
    case clientGone = "client_gone"

    /// Its place among all, for tables of counters.
    package var ordinal: Int {
        switch self {
        case .forwarded: 0
        case .preflight: 1
        case .rejected: 2
        case .limited: 3
        case .overloaded: 4
        case .upstreamFailed: 5
        case .clientGone: 6
        }
    }
}
