internal import EdgeCore

/// Keeps requests away from an upstream that does not answer, so that they fail at once instead of piling up behind a
/// deadline. Five failures in a row open it; while it is open one request every five seconds goes through as a probe;
/// the first success closes it. Pure.
struct Breaker: Sendable {
    enum Admission: Hashable, Sendable {
        case admitted
        /// To find out whether the upstream is back.
        case probe
        /// Not before this many whole seconds, at least 1.
        case refused(retryAfterSeconds: Int)
    }

    static let threshold = 5
    static let probeInterval = Instant.Span.seconds(5)

    private enum State: Hashable, Sendable {
        case closed(failures: Int)
        case open(nextProbe: Instant, UpstreamReading.Outage)
    }

    private var state = State.closed(failures: 0)

    var isOpen: Bool {
        switch state {
        case .closed: false
        case .open: true
        }
    }

    /// Since when it is open, and when the upstream was last tried in vain; nil while it is closed.
    var outage: UpstreamReading.Outage? {
        guard case .open(_, let outage) = state else { return nil }
        return outage
    }

    /// Asks for one request. An admitted one may end without a word to ``succeed()`` or ``fail(_:)``: the next probe
    /// comes by time alone.
    mutating func admit(_ now: Instant) -> Admission {
        guard case .open(let nextProbe, let outage) = state else { return .admitted }
        guard now < nextProbe else {
            state = .open(nextProbe: now.advanced(by: Self.probeInterval), outage)
            return .probe
        }
        let wait = nextProbe.nanoseconds(since: now)
        return .refused(retryAfterSeconds: max(1, Int(clamping: (wait + 999_999_999) / 1_000_000_000)))
    }

    /// A whole answer came, whatever its status.
    mutating func succeed() {
        // Compared first: on the way of every request, where the state is nearly always this one already.
        if state != .closed(failures: 0) { state = .closed(failures: 0) }
    }

    /// No connection or no whole answer. Failures while it is open change nothing but ``outage``.
    mutating func fail(_ now: Instant) {
        switch state {
        case .open(let nextProbe, var outage):
            outage.lastFailure = max(outage.lastFailure, now)
            state = .open(nextProbe: nextProbe, outage)
        case .closed(let failures) where failures + 1 >= Self.threshold:
            state = .open(
                nextProbe: now.advanced(by: Self.probeInterval), UpstreamReading.Outage(since: now, lastFailure: now))
        case .closed(let failures): state = .closed(failures: failures + 1)
        }
    }
}
