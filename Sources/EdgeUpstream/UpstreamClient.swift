internal import EdgeCore
private import EdgeSystem
package import NIOCore

/// Sends events to the upstream over the connections of one event loop, to which it is confined: made, called and
/// answered there. A reload makes a new one and retires this one, which lives as long as somebody has it or waits for it.
package final class UpstreamClient {
    typealias Pool = ConnectionPool<Connection, UpstreamCall>

    let upstream: Upstream
    let eventLoop: any EventLoop
    let options: ConnectionOptions
    package let counter: UpstreamCounter
    private(set) var readiness: Readiness?
    /// What is received, until it is parsed: as large as the largest TLS record.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 16)

    var pool: Pool
    var table = ConnectionTable()
    /// Every request without a result, in no order.
    var calls: [UpstreamCall] = []
    /// What the pool asked for and has not been done yet; see ``perform(_:)``.
    var actions: [Pool.Action] = []
    var isPerforming = false
    var tick: Tick?
    private var isShuttingDown = false

    /// - Parameter counter: the event loop's, which outlives the client.
    /// - Returns: nil when memory or descriptors have run out.
    package init?(upstream: Upstream, eventLoop: any EventLoop, counter: UpstreamCounter = UpstreamCounter()) {
        guard let options = ConnectionOptions(settings: upstream.settings, authorities: upstream.authorities) else {
            return nil
        }
        (self.upstream, self.eventLoop, self.options, self.counter) = (upstream, eventLoop, options, counter)
        pool = Pool(limit: upstream.connectionLimit, idleTimeout: upstream.settings.idleTimeout)
        readiness = Readiness(eventLoop: eventLoop, thread: upstream.readiness) { [weak self] in self?.handle($0) }
        guard readiness != nil else { return nil }
    }

    deinit {
        assert(readiness == nil || eventLoop.inEventLoop, "it ends on its loop, unless it was shut down there")
        // Those that were being opened for requests that did not wait. Without any the count is somebody else's business,
        // and maybe another thread's.
        if !table.connections.isEmpty { counter.counts.connections -= table.connections.count }
        readiness?.close()
        stopTick()
        scratch.deallocate()
    }

    /// Keys that the upstream has had enough of for a while.
    package var pauses: UpstreamPauses { upstream.pauses }

    package var reading: UpstreamReading {
        var reading = UpstreamReading()
        (reading.connections, reading.idle, reading.waiting) = (
            counter.counts.connections, pool.idleCount, pool.waitingCount
        )
        (reading.counts, reading.inFlight, reading.outage) = (
            counter.counts, upstream.requestsInFlight, upstream.outage
        )
        return reading
    }

    // MARK: Requests

    /// Sends a request and gets its one answer or failure.
    ///
    /// - Parameter completion: called exactly once, on the event loop, never before this method has returned. It may
    ///   send the next request.
    @discardableResult
    package func send(_ request: UpstreamRequest, completion: @escaping (UpstreamResult) -> Void) -> UpstreamCall {
        eventLoop.assertInEventLoop()
        let now = Instant.now
        let bytes = upstream.writer.write(request)
        let call = UpstreamCall(
            bytes: bytes ?? [], hasIdempotencyKey: request.idempotencyKey != nil,
            requestID: request.requestID, accepted: now,
            deadline: now.advanced(by: upstream.settings.totalTimeout), client: self, completion: completion
        )
        defer { call.isBeingCalled = false }
        if let refusal = isShuttingDown ? .cancelled : bytes == nil ? .invalidRequest : enter(call, now) {
            deliver(.failure(refusal, call.trace), to: call)
            return call
        }
        call.index = calls.count
        calls.append(call)
        scheduleTick(isSoon: true)
        perform(pool.request(call))
        return call
    }

    private func enter(_ call: UpstreamCall, _ now: Instant) -> UpstreamFailure? {
        let (failure, isProbe) = upstream.enter(now)
        call.isProbe = isProbe
        return failure
    }

    func cancel(_ call: UpstreamCall) {
        guard call.connection == nil, call.trace.attempts == 0, !call.isProbe else { return }
        call.isBeingCalled = true
        defer { call.isBeingCalled = false }
        abandon(call, .cancelled, .now)
    }

    /// Closes idle connections and keeps none from now on: another client has taken over. Requests under way run on to
    /// their result, and those that began before may still come.
    package func retire() {
        eventLoop.assertInEventLoop()
        for connection in pool.drain() { close(connection) }
    }

    /// Takes no more requests, and ends those under way now: with `cancelled` where nothing was sent, else with `closed`.
    package func shutdown() {
        eventLoop.assertInEventLoop()
        isShuttingDown = true
        retire()
        let now = Instant.now
        for call in calls { abandon(call, call.trace.attempts > 0 ? .closed : .cancelled, now) }
        for connection in table.connections { close(connection) }
        finishShutdown()
    }

    func finishShutdown() {
        guard isShuttingDown, calls.isEmpty, table.connections.isEmpty else { return }
        readiness?.close()
        readiness = nil
        stopTick()
    }
}
