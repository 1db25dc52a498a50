internal import CLinux
internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import EdgeTLS
internal import EdgeUpstream
internal import NIOCore

/// What the connections and exchanges of one event loop share: made on the loop, used and ended there.
final class LoopServices {
    let eventLoop: any EventLoop
    /// The configuration for requests that begin now.
    private(set) var snapshot: Snapshot
    let shared: SharedServices
    /// The way to Plunk of requests that begin now.
    private(set) var upstream: UpstreamClient
    /// Those of before. They end with the last request that began with them.
    private var retired: [RetiredClient] = []
    private let log: AccessLog
    private var identifiers = IdentifierSource()
    var responses = ResponseWriter()
    /// Memory for answers, lent to the connection whose turn it is: ten thousand idle ones need none of their own.
    var spareAnswers: [UInt8] = []
    /// What this loop has counted.
    var metrics = LoopMetrics()
    let tlsCounter = TLSCounter()
    let handshakes: HandshakePlaces
    /// What TLS works in.
    let tlsMemory = TLSMemory()
    /// Those of all loops, this one's among them; nil while they are being made.
    weak var loops: EventLoopServices?
    /// Clients of HTTP/2 that have sent more than fits into a turn.
    let turns: TurnQueue
    /// The connections of this loop, for draining.
    private var connections: [ObjectIdentifier: ClientConnection] = [:]
    private var crowding = Crowding()
    private var heldMemory: HeldMemory
    /// Whether requests are being given up at this moment.
    private var isMakingMemory = false
    private var isFlushScheduled = false

    private struct RetiredClient {
        weak var client: UpstreamClient?
    }

    /// How long a record may wait for others before it goes to the log's thread.
    private static let logDelay = TimeAmount.milliseconds(20)

    /// - Parameters:
    ///   - heldMemory: what may be held for clients; nil for this loop's part of what is usual.
    ///   - now: the clock by which clients of HTTP/2 take turns.
    init(
        eventLoop: any EventLoop, eventLoops: Int = 1, snapshot: Snapshot, shared: SharedServices,
        upstream: UpstreamClient, log: AccessLog, heldMemory: HeldMemory? = nil,
        now: @escaping () -> Instant = { Instant.now }
    ) {
        self.eventLoop = eventLoop
        self.snapshot = snapshot
        self.shared = shared
        self.upstream = upstream
        self.log = log
        handshakes = HandshakePlaces(maximum: SharedServices.handshakeCapacity / max(1, eventLoops))
        turns = TurnQueue(eventLoop, now: now)
        self.heldMemory = heldMemory ?? HeldMemory(eventLoops: eventLoops)
        self.heldMemory.adapt(toBodiesOf: snapshot.settings.policy.body.maximumSize)
    }

    func makeIdentifier(at time: WallTime) -> Identifier { identifiers.make(at: time) }

    func write(_ record: borrowing AccessRecord) {
        log.append(record)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.logDelay) {
            self.isFlushScheduled = false
            self.log.flush()
        }
    }

    /// What is told to whoever operates the edge.
    var reading: LoopReading {
        LoopReading(
            metrics: metrics, tls: tlsCounter.counts, upstream: upstream.reading, connections: connections.count)
    }

    // MARK: Configuration

    /// Takes another configuration for requests that begin from now on.
    ///
    /// - Parameter upstream: made for it; nil if the one that is there serves it, too.
    func take(_ snapshot: Snapshot, upstream: UpstreamClient?) {
        self.snapshot = snapshot
        heldMemory.adapt(toBodiesOf: snapshot.settings.policy.body.maximumSize)
        if let upstream {
            retired.removeAll { $0.client == nil }
            retired.append(RetiredClient(client: self.upstream))
            self.upstream.retire()
            self.upstream = upstream
        }
        for connection in connections.values { connection.speaker?.settingsChanged() }
    }

    // MARK: Connections

    func opened(_ connection: ClientConnection) {
        connections[ObjectIdentifier(connection)] = connection
        shared.memoryReturn.opened(shared.admission.count)
    }

    func closed(_ connection: ClientConnection) {
        connections[ObjectIdentifier(connection)] = nil
        guard let wait = shared.memoryReturn.closed(shared.admission.count, at: Instant.now) else { return }
        eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(wait.nanoseconds)) { [shared] in
            _ = malloc_trim(0)
            shared.memoryReturn.done(at: Instant.now)
        }
    }

    /// Ends the longest waits for clients that do nothing, where all places are taken. Where nobody on this loop has waited
    /// for long, the others are asked: who wants a place now is turned away, and who comes next finds one.
    ///
    /// - Parameter asksOthers: whether nobody has asked them yet.
    func makeRoom(asksOthers: Bool = true) {
        let now = Instant.now
        guard crowding.begins(at: now) else { return }
        let waiting = connections.values.lazy.compactMap { connection in
            connection.deadline.waitingSince.map { (since: $0, connection: connection) }
        }
        let chosen = crowding.choose(from: waiting, at: now)
        for connection in chosen {
            metrics.connectionDisplaced()
            connection.deadline.cutShort()
        }
        if chosen.isEmpty, asksOthers { loops?.makeRoom(except: eventLoop) }
    }

    /// How many bytes are held for clients on this loop, for whoever checks the books.
    var heldMemoryCount: Int { heldMemory.count }

    /// Counts what is held for clients, and where that is too much, gives some of their requests and answers up.
    func heldMemoryChanged(by change: Int) {
        guard heldMemory.change(by: change), !isMakingMemory else { return }
        // Giving one up can let another client be heard, which would begin this anew.
        isMakingMemory = true
        var holdings: [HeldMemory.Holding<any MemoryHolder>] = []
        for connection in connections.values where connection.heldMemory > 0 {
            connection.speaker?.addHoldings(to: &holdings)
        }
        for (holder, size) in heldMemory.choose(from: holdings) { holder.makeRoom(size) }
        isMakingMemory = false
    }

    /// Ends connections that wait for a request now, the others after their answer.
    ///
    /// - Parameter isAffected: says of which listeners.
    func drain(_ isAffected: (ListenerState) -> Bool = { _ in true }) {
        for connection in connections.values where isAffected(connection.listener) { connection.speaker?.drain() }
    }

    /// Ends what is left, and gives the log its last records: requests that are with Plunk fail, and their clients are
    /// told before their connections close.
    func stop() {
        upstream.shutdown()
        for retired in retired { retired.client?.shutdown() }
        for connection in connections.values { connection.speaker?.abort() }
        log.flush()
    }

    /// Hands what has been recorded to the log.
    func flushLog() { log.flush() }
}

@available(*, unavailable)
extension LoopServices: Sendable {}
