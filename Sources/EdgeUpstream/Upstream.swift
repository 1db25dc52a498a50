package import EdgeCore
internal import Synchronization

/// Why an ``Upstream`` cannot be used. All of it shows when it is made, before any request.
package enum UpstreamSetupFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The authorities' file cannot be read or holds no certificate.
    case authorities(file: String)
    /// The URL cannot stand in a request.
    case origin
    /// libcurl does not start.
    case library

    package var description: String {
        switch self {
        case .authorities(let file): "\(file) holds no certificate authority that can be read."
        case .origin: "the URL of the upstream cannot stand in a request."
        case .library: "libcurl cannot be used."
        }
    }
}

/// One upstream with its settings, and what the event loops of the process share about it: the count of requests in
/// flight, the breaker, its pauses, the certificate authorities. Made anew when a reload changes how the upstream is
/// reached. Any thread.
package final class Upstream: Sendable {
    package let settings: UpstreamSettings
    let readiness: ReadinessThread
    let writer: RequestWriter
    /// Nil for plain http.
    let authorities: AuthorityStore?
    /// How many connections one event loop may have.
    let connectionLimit: Int
    let pauses = UpstreamPauses()
    private let inFlight = Atomic<Int>(0)
    private let breaker = Mutex(Breaker())

    /// Reads the authorities' file, so not for an event loop.
    ///
    /// - Parameters:
    ///   - eventLoops: how many of them will have a client.
    ///   - readiness: shared by all upstreams of the process.
    package init(
        settings: UpstreamSettings, eventLoops: Int, readiness: ReadinessThread
    ) throws(UpstreamSetupFailure) {
        guard LibCurl.isInitialized else { throw .library }
        guard let writer = RequestWriter(origin: settings.origin) else { throw .origin }
        authorities = settings.origin.scheme == .https ? try Self.loadAuthorities(settings) : nil
        (self.settings, self.readiness, self.writer) = (settings, readiness, writer)
        connectionLimit = min(max(1, settings.maximumConnections / max(1, eventLoops)), ConnectionTable.capacity)
    }

    /// Whether a file holds certificate authorities that can be read. Blocks.
    package static func holdsAuthorities(_ file: String) -> Bool { AuthorityStore(file: file) != nil }

    private static func loadAuthorities(_ settings: UpstreamSettings) throws(UpstreamSetupFailure) -> AuthorityStore {
        guard let file = settings.authorityFile ?? LibCurl.systemAuthorityFile else { throw .library }
        guard let store = AuthorityStore(file: file) else { throw .authorities(file: file) }
        return store
    }

    /// Whether the file of the certificate authorities is another than the one that was read. Blocks.
    package var haveAuthoritiesChanged: Bool { authorities?.hasChanged ?? false }

    /// Asks for one more request in flight; each that is admitted is given back by ``leave()``.
    ///
    /// - Returns: no failure when it is admitted, and whether it is to find out whether the upstream is back.
    func enter(_ now: Instant) -> (failure: UpstreamFailure?, isProbe: Bool) {
        guard inFlight.wrappingAdd(1, ordering: .relaxed).newValue <= settings.maximumInFlight else {
            leave()
            return (.overloaded, false)
        }
        switch breaker.withLock({ $0.admit(now) }) {
        case .admitted: return (nil, false)
        case .probe: return (nil, true)
        case .refused(let retryAfterSeconds):
            leave()
            return (.down(retryAfterSeconds: retryAfterSeconds), false)
        }
    }

    func leave() { inFlight.wrappingSubtract(1, ordering: .relaxed) }

    /// Tells the breaker that an answer came.
    func succeed() { breaker.withLock { $0.succeed() } }

    /// Tells the breaker that none came.
    ///
    /// - Returns: whether this opened it, and what requests that wait have to fail with, if it is open now.
    func fail(_ now: Instant) -> (isOpening: Bool, down: UpstreamFailure?) {
        breaker.withLock { breaker in
            let wasOpen = breaker.isOpen
            breaker.fail(now)
            let down = UpstreamFailure.down(
                retryAfterSeconds: Int(Breaker.probeInterval.nanoseconds / 1_000_000_000))
            return (breaker.isOpen && !wasOpen, breaker.isOpen ? down : nil)
        }
    }

    /// Requests accepted and not yet answered.
    var requestsInFlight: Int { inFlight.load(ordering: .relaxed) }

    /// Nil while the breaker is closed.
    var outage: UpstreamReading.Outage? { breaker.withLock(\.outage) }
}
