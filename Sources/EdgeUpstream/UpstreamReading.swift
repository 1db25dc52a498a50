package import EdgeCore

/// What one event loop's connections to Plunk look like, and what became of earlier ones.
package struct UpstreamReading: Sendable {
    /// Since when nothing was heard of Plunk.
    package struct Outage: Hashable, Sendable {
        /// When the breaker opened.
        package var since: Instant
        /// When Plunk was last tried in vain.
        package var lastFailure: Instant

        package init(since: Instant, lastFailure: Instant) { (self.since, self.lastFailure) = (since, lastFailure) }
    }

    /// Open or being opened.
    package var connections = 0
    /// Of these, waiting for a request.
    package var idle = 0
    /// Requests that wait for a connection.
    package var waiting = 0
    package var counts = UpstreamCounts()
    /// Requests accepted and not yet answered; of all loops together.
    package var inFlight = 0
    /// Nil while the breaker is closed; of all loops together.
    package var outage: Outage?

    package init() {}

    package mutating func add(_ other: UpstreamReading) {
        connections += other.connections
        idle += other.idle
        waiting += other.waiting
        counts.add(other.counts)
        inFlight = max(inFlight, other.inFlight)
        outage = outage ?? other.outage
    }
}

/// What happened to one event loop's connections since the process started.
package struct UpstreamCounts: Sendable {
    package internal(set) var opened = 0
    package internal(set) var failedToOpen = 0
    /// Requests that were given a second connection.
    package internal(set) var repeats = 0
    package internal(set) var breakerOpenings = 0
    /// Connections that are open now, or being opened; of clients that are shut down too.
    var connections = 0

    package init() {}

    package mutating func add(_ other: UpstreamCounts) {
        opened += other.opened
        failedToOpen += other.failedToOpen
        repeats += other.repeats
        breakerOpenings += other.breakerOpenings
        connections += other.connections
    }
}

/// The counts of one event loop, in which a client goes on where the one before it stopped. Confined to the loop.
package final class UpstreamCounter {
    package internal(set) var counts = UpstreamCounts()

    package init() {}
}

@available(*, unavailable)
extension UpstreamCounter: Sendable {}
