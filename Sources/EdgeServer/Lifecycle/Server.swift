package import EdgeCore
package import EdgeRecords
private import EdgeSystem
package import EdgeTLS
package import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The running edge: listeners, one event loop per core, and what the loops share. Any task may use it.
package final class Server: Sendable {
    struct State: Sendable {
        var settings: EdgeSettings
        /// In the order of the configuration.
        var listeners: [Listener]
        var isStopping = false
    }

    let group: MultiThreadedEventLoopGroup
    let loops: EventLoopServices
    let shared: SharedServices
    let inherited: InheritedSockets
    let log: AccessLogWriter
    let status: ServerStatus
    private let admin: AdminServer?
    /// What the process was started with.
    let started: EdgeSettings
    let state: Mutex<State>
    /// One reload at a time.
    let reloads = TaskQueue()
    /// Of what changes ``state``: the end of a reload, and the beginning of the shutdown.
    let changes = TaskQueue()
    /// Nothing may be scheduled on the loops any more.
    let haveLoopsEnded = Atomic(false)

    private init(
        _ settings: EdgeSettings, group: MultiThreadedEventLoopGroup, listeners: [Listener], loops: EventLoopServices,
        shared: SharedServices, inherited: InheritedSockets, log: AccessLogWriter, status: ServerStatus,
        admin: AdminServer?
    ) {
        started = settings
        state = Mutex(State(settings: settings, listeners: listeners))
        (self.group, self.loops, self.shared, self.inherited) = (group, loops, shared, inherited)
        (self.log, self.status, self.admin) = (log, status, admin)
    }

    /// Where it listens, in the order of the configuration, ports resolved.
    package var addresses: [BoundAddress] { state.withLock(\.listeners).map(\.address) }

    /// What is in force now.
    package var settings: EdgeSettings { state.withLock(\.settings) }

    /// Where the admin listener listens, its port resolved; nil without one.
    package var adminAddress: BoundAddress? { admin?.address }

    // MARK: Start

    /// Binds every listener and serves.
    ///
    /// - Parameters:
    ///   - loopCount: how many event loops; each gets its share of the upstream connections, so there are never more
    ///     loops than connections.
    ///   - inherited: sockets that listen already, for the listeners with their addresses.
    ///   - logger: for what an operator should act on.
    ///   - status: what the admin listener says of the process.
    /// - Throws: the first listener that cannot be bound, or whose certificate cannot be used; then nothing is left
    ///   running.
    package static func start(
        _ settings: EdgeSettings, loopCount: Int, inherited: InheritedSockets = .none, log: AccessLogWriter,
        logger: Logger, status: ServerStatus
    ) async throws -> Server {
        // Reads files, so before there are loops that could wait for it.
        let certificates = try settings.listeners.map {
            try $0.tls.map { try CertificateStore($0, now: WallTime.now) }
        }
        let assigned = inherited.assign(to: settings.listeners.map(\.address) + [settings.admin].compactMap(\.self))
        for warning in inherited.warnings(about: assigned) { logger.warning("\(warning)") }
        let count = max(1, min(loopCount, settings.upstream.maximumConnections))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        let shared = SharedServices(settings: settings, eventLoops: count, logger: logger)
        let loops: EventLoopServices
        do {
            loops = try await EventLoopServices(on: group, snapshot: Snapshot(settings), shared: shared, log: log)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        var listeners: [Listener] = []
        var admin: AdminServer?
        do {
            // First, so that whoever asks learns that the others are not there yet.
            if let address = settings.admin {
                admin = try await AdminServer.start(
                    address, inherited: assigned.descriptors[address], status: status, loops: loops, shared: shared,
                    log: log)
            }
            for (listener, store) in zip(settings.listeners, certificates) {
                listeners.append(
                    try await .bind(
                        listener, certificates: store, inherited: assigned.descriptors[listener.address], group: group,
                        loops: loops, trouble: shared.acceptTrouble))
            }
        } catch {
            for listener in listeners { await listener.close() }
            await admin?.close()
            await loops.forEach { $0.stop() }
            try? await group.shutdownGracefully()
            await admin?.end()
            throw error
        }
        status.listen(on: listeners)
        status.enter(.serving)
        for listener in listeners { await listener.open() }
        return Server(
            settings, group: group, listeners: listeners, loops: loops, shared: shared, inherited: inherited, log: log,
            status: status, admin: admin)
    }

    // MARK: Certificates

    private var certificates: [CertificateStore] {
        state.withLock(\.listeners).compactMap(\.state.speech.certificates)
    }

    /// Whether any certificate's files are others than those that were read last. Blocks.
    package var haveCertificatesChanged: Bool { certificates.contains(where: \.hasChanged) }

    /// Reads those certificates again whose files have changed; connections that are open keep theirs. Blocks.
    ///
    /// - Parameter now: decides whether they are valid.
    /// - Returns: what came of it; nil where no listener speaks TLS.
    package func reloadCertificates(now: WallTime) -> CertificateStore.Renewal? {
        let certificates = certificates
        if certificates.isEmpty { return nil }
        var all = CertificateStore.Renewal()
        for renewal in certificates.map({ $0.reload(now: now) }) {
            all.problems += renewal.problems
            all.hasNews = all.hasNews || renewal.hasNews
        }
        return all
    }

    /// What is worth a word of certificates that come to their end, each thing once, however many listeners have them.
    package func certificateExpiryWarnings(now: WallTime) -> [String] {
        var warnings: [String] = []
        for warning in certificates.flatMap({ $0.expiryWarnings(now: now) }) where !warnings.contains(warning) {
            warnings.append(warning)
        }
        return warnings
    }

    /// Whether every event loop takes its turn within `span`, and every listener is there: what a watchdog should know.
    /// True when the loops have ended: then nothing is stuck.
    package func loopsTurn(within span: Duration) async -> Bool {
        if haveLoopsEnded.load(ordering: .acquiring) { return true }
        guard shared.acceptTrouble.complaint == nil else { return false }
        return await loops.turn(within: span)
    }

    // MARK: Shutdown

    /// How long a connection without a request is still listened to when the process goes away. A request may be on its way
    /// (a new client's first one, or the next on a connection that is busy), gets its answer, and in it the word that the
    /// connection ends: to close at once would lose it, and few clients repeat a POST.
    static let farewell = Instant.Span.milliseconds(500)

    /// Waits `shutdown.delay`, stops accepting, lets what is under way finish within `shutdown.drain`, closes the rest.
    ///
    /// - Returns: how many connections had to be closed before they were done.
    @discardableResult
    package func shutdown() async -> Int {
        let settings = await changes.run {
            self.state.withLock { state in
                state.isStopping = true
                return state.settings.shutdown
            }
        }
        status.enter(.draining)
        if settings.delay > .zero { try? await Task.sleep(nanoseconds: UInt64(clamping: settings.delay.nanoseconds)) }
        shared.isDraining.store(true, ordering: .relaxed)
        await stopAccepting(state.withLock(\.listeners))
        let start = Instant.now
        await connectionsEnd(until: start.advanced(by: min(Self.farewell, settings.drain)))
        await loops.forEach { $0.drain() }
        await connectionsEnd(until: start.advanced(by: settings.drain))
        let unfinished = shared.admission.count
        await admin?.close()
        haveLoopsEnded.store(true, ordering: .releasing)
        await loops.forEach { $0.stop() }
        // What was answered at that very moment comes to its end behind it.
        await loops.forEach { $0.flushLog() }
        try? await group.shutdownGracefully()
        await admin?.end()
        return unfinished
    }

    /// Closes listeners. Who has been accepted is served; who has not waits in the queue of an inherited socket.
    func stopAccepting(_ listeners: [Listener]) async {
        for listener in listeners { await listener.pause() }
        // NIO hands a new connection to its loop, back to the listener's, and to its own again, and drops it on the way if
        // the listener is closed by then. Each round takes it one step further.
        for _ in 0..<3 { await loops.forEach { _ in } }
        for listener in listeners { await listener.close() }
    }

    private func connectionsEnd(until deadline: Instant) async {
        while shared.admission.count > 0, Instant.now < deadline {
            try? await Task.sleep(nanoseconds: 10_000_000)
        }
    }
}
