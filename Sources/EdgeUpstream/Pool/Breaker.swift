internal import EdgeCore

/// Keeps requests away from an upstream that does not answer, so that they fail at once instead of piling up behind a
/// deadline. Five failures in a row open it; while it is open one request every five seconds goes through as a probe;
/// the first success closes it. Pure.
struct Breaker: Sendable {
    enum Admission: Hashable, Sendable {
        case admitted
        /// Not before this many whole seconds, at least 1.
        case refused(retryAfterSeconds: Int)
    }

    static let threshold = 5
    static let probeInterval = Instant.Span.seconds(5)

    private enum State: Hashable, Sendable {
        case closed(failures: Int)
        case open(nextProbe: Instant)
    }

    private var state = State.closed(failures: 0)

    var isOpen: Bool {
        switch state {
        case .closed: false
        case .open: true
        }
    }

    /// Asks for one request. An admitted one may end without a word to ``succeed()`` or ``fail(_:)``: the next probe
    /// comes by time alone.
    mutating func admit(_ now: Instant) -> Admission {
        guard case .open(let nextProbe) = state else { return .admitted }
        guard now < nextProbe else {
            state = .open(nextProbe: now.advanced(by: Self.probeInterval))
            return .admitted
        }
        let wait = nextProbe.nanoseconds(since: now)
        return .refused(retryAfterSeconds: max(1, Int(clamping: (wait + 999_999_999) / 1_000_000_000)))
    }

    /// A whole answer came, whatever its status.
    mutating func succeed() {
        // Compared first: on the way of every request, where the state is nearly always this one already.
        if state != .closed(failures: 0) { state = .closed(failures: 0) }
    }

    /// No connection or no whole answer. Failures of requests that were under way when it opened change nothing.
    mutating func fail(_ now: Instant) {
        guard case .closed(let failures) = state else { return }
        let isOpening = failures + 1 >= Self.threshold
        state = isOpening ? .open(nextProbe: now.advanced(by: Self.probeInterval)) : .closed(failures: failures + 1)
    }
}
