internal import EdgeCore
private import EdgeSystem
internal import NIOCore

/// The passing of time, looked at by one coarse timer instead of one for each request: twenty times a second while
/// something is under way, once a second while connections are idle, and not at all without any.
extension UpstreamClient {
    struct Tick {
        var isSoon: Bool
        var task: Scheduled<Void>
    }

    func scheduleTick(isSoon: Bool) {
        if let tick {
            if tick.isSoon || !isSoon { return }
            tick.task.cancel()
        }
        let task = eventLoop.assumeIsolated().scheduleTask(in: isSoon ? .milliseconds(50) : .seconds(1)) {
            [weak self] in
            guard let self else { return }
            tick = nil
            passTime(.now)
        }
        tick = Tick(isSoon: isSoon, task: task)
    }

    func stopTick() {
        tick?.task.cancel()
        tick = nil
    }

    private func passTime(_ now: Instant) {
        // All are judged before any is ended: what ends makes room, which would make others look better off.
        let late = calls.compactMap { call in overdue(call, now).map { (call, $0) } }
        for (call, failure) in late { abandon(call, failure, now) }
        for connection in pool.expire(now, isTooOld: { $0.expires <= now }) { close(connection) }
        let connections = table.connections
        for connection in connections where !connection.isConnected {
            // Closed meanwhile: it finds no handle and does nothing.
            proceed(connection, connection.transport.expire(), now)
        }
        let isBusy = !calls.isEmpty || connections.contains { !$0.isConnected }
        if isBusy || !connections.isEmpty { scheduleTick(isSoon: isBusy) }
    }

    private func overdue(_ call: UpstreamCall, _ now: Instant) -> UpstreamFailure? {
        guard let connection = call.connection else {
            guard call.deadline <= now else { return nil }
            return .timeout(pool.isOnlyOpening ? .connect : .queue)
        }
        guard call.deadline > now else { return .timeout(connection.isConnected ? .total : .connect) }
        return connection.isLate(upstream.settings.firstByteTimeout, now) ? .timeout(.firstByte) : nil
    }
}
