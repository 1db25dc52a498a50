internal import EdgeCore
private import EdgeSystem
internal import NIOCore

/// What happens to connections and to the requests on them. Nothing here runs inside a callback of libcurl. A
/// completion is called last, when everything else is settled: it may send the next request.
extension UpstreamClient {
    /// Does what the pool asked for, and what it asks for meanwhile: not nested, however many follow one another.
    func perform(_ action: Pool.Action?) {
        guard let action else { return }
        actions.append(action)
        guard !isPerforming else { return }
        isPerforming = true
        defer { isPerforming = false }
        while let action = actions.popLast() {
            switch action {
            case .send(let call, let connection): begin(call, on: connection, .now)
            case .open: open(for: nil)
            case .close(let connection): close(connection)
            }
        }
    }

    func handle(_ event: Readiness.Event) {
        guard let connection = table[event.owner] else { return }
        let now = Instant.now
        guard connection.isConnected else { return proceed(connection, connection.transport.act(on: event), now) }
        guard event.socket == connection.transport.socket else { return }
        guard connection.call != nil else {
            if connection.isSpoilt(scratch) { closeIdle(connection) }
            return
        }
        // EPOLLERR and EPOLLHUP: receiving says what it is.
        let isReadable = event.isReadable || event.isBroken
        if let end = connection.advance(isReadable: isReadable, isWritable: event.isWritable, scratch, now) {
            finish(connection, end, now)
        }
    }

    // MARK: Opening

    /// - Parameter call: the request that gets the connection to itself; nil for whoever waits first.
    private func open(for call: UpstreamCall?) {
        let now = Instant.now
        let opened = table.insert { owner in
            guard let readiness, let transport = Transport(options: options, readiness: readiness, owner: owner) else {
                return nil
            }
            let expires = now.advanced(by: upstream.settings.connectionLifetime)
            return Connection(owner: owner, transport: transport, isTLS: options.isTLS, expires: expires)
        }
        guard let connection = opened else {
            return openingFailed(for: call, .connect, "No memory or descriptors are left", now)
        }
        counter.counts.connections += 1
        connection.call = call
        call?.connection = connection
        scheduleTick(isSoon: true)
        proceed(connection, connection.transport.expire(), now)
    }

    func proceed(_ connection: Connection, _ progress: Transport.Progress, _ now: Instant) {
        switch progress {
        case .connecting: break
        case .connected:
            connection.connected()
            counter.counts.opened += 1
            if let call = connection.call {
                begin(call, on: connection, now)
            } else {
                let action = pool.opened(connection, now)
                if action == nil { connection.rests() }
                perform(action)
            }
        case .failed(let failure):
            let (call, cause) = (connection.call, connection.transport.cause)
            close(connection)
            openingFailed(for: call, failure, cause, now)
        }
    }

    private func openingFailed(
        for call: UpstreamCall?, _ failure: UpstreamFailure, _ cause: String?, _ now: Instant
    ) {
        counter.counts.failedToOpen += 1
        options.forgetAddresses()
        if call != nil { pool.closed() }
        if let failed = call ?? pool.openingFailed() {
            failed.trace.cause = cause
            // The first copy of a repeat was sent: that there is nobody for the second does not take it back.
            complete(failed, failed.trace.mayHaveBeenRecorded ? .closed : failure, now)
        }
        perform(pool.openForWaiting())
    }

    // MARK: The exchange

    private func begin(_ call: UpstreamCall, on connection: Connection, _ now: Instant) {
        // Cancelled since the pool gave it the connection.
        guard !call.isOver else {
            connection.rests()
            return perform(pool.released(connection, now))
        }
        // What came while it belonged to no request would be taken for this one's answer.
        if connection.hasRested, connection.isSpoilt(scratch) {
            close(connection)
            // It takes the place of the spoilt connection, so the pool need not be asked.
            return open(for: call)
        }
        call.connection = connection
        if let end = connection.begin(call, now) { finish(connection, end, now) }
    }

    private func finish(_ connection: Connection, _ end: Connection.End, _ now: Instant) {
        guard let call = connection.call else { return }
        switch end {
        case .answer(let answer, let isReusable):
            connection.end()
            call.connection = nil
            if isReusable, now < connection.expires {
                connection.rests()
                perform(pool.released(connection, now))
            } else {
                closeBusy(connection)
                perform(pool.openForWaiting())
            }
            complete(call, answer, now)
        case .invalid: abandon(call, .invalidResponse, now)
        case .lost:
            let rule = RepeatRule(retry: upstream.settings.retry, hasIdempotencyKey: call.hasIdempotencyKey)
            let isAllowed = rule.allows(
                isRepeat: call.isRepeat, hasSent: connection.hasSent, hasAnswerBegun: connection.hasAnswerBegun
            )
            guard isAllowed else { return abandon(call, .closed, now) }
            noteLoss(of: call, on: connection)
            close(connection)
            call.isRepeat = true
            counter.counts.repeats += 1
            // It takes the place of the lost connection, so the pool need not be asked.
            open(for: call)
        }
    }

    /// Ends a request without an answer, and the connection that it is on; one that has its result already stays as it
    /// is, since ending one can end others.
    func abandon(_ call: UpstreamCall, _ failure: UpstreamFailure, _ now: Instant) {
        guard !call.isOver else { return }
        if let connection = call.connection {
            noteLoss(of: call, on: connection)
            call.connection = nil
            closeBusy(connection)
        } else {
            pool.withdraw(call)
        }
        complete(call, failure, now)
        perform(pool.openForWaiting())
    }

    private func noteLoss(of call: UpstreamCall, on connection: Connection) {
        if connection.hasSent { call.trace.mayHaveBeenRecorded = true }
    }

    // MARK: Closing

    func closeIdle(_ connection: Connection) {
        pool.lost(connection)
        close(connection)
        perform(pool.openForWaiting())
    }

    private func closeBusy(_ connection: Connection) {
        pool.closed()
        close(connection)
    }

    func close(_ connection: Connection) {
        connection.end()
        connection.transport.close()
        if table.remove(connection.owner) { counter.counts.connections -= 1 }
        finishShutdown()
    }

    // MARK: Results

    func complete(_ call: UpstreamCall, _ answer: UpstreamAnswer, _ now: Instant) {
        remove(call, now)
        upstream.succeed()
        deliver(.answer(answer, call.trace), to: call)
    }

    func complete(_ call: UpstreamCall, _ failure: UpstreamFailure, _ now: Instant) {
        remove(call, now)
        // With the breaker open those that wait would only wait for the same failure. But for the one that is to find out
        // whether it still is.
        if failure.isOfUpstream {
            let (isOpening, down) = upstream.fail(now)
            if isOpening { counter.counts.breakerOpenings += 1 }
            if let down {
                // Whoever is told may cancel another of them.
                for waiting in pool.withdrawAll(where: { !$0.isProbe }) where !waiting.isOver {
                    complete(waiting, down, now)
                }
            }
        }
        deliver(.failure(failure, call.trace), to: call)
    }

    private func remove(_ call: UpstreamCall, _ now: Instant) {
        call.end()
        call.trace.totalMicroseconds = call.microseconds(now)
        call.waitEnded(after: call.trace.totalMicroseconds)
        upstream.leave()
        // The last one takes its place.
        let last = calls.removeLast()
        if last != call {
            calls[call.index] = last
            last.index = call.index
        }
    }

    func deliver(_ result: UpstreamResult, to call: UpstreamCall) {
        guard let completion = call.takeCompletion() else { return }
        if call.isBeingCalled {
            eventLoop.assumeIsolated().execute { completion(result) }
        } else {
            completion(result)
        }
        finishShutdown()
    }
}
