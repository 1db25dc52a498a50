internal import EdgeCore
internal import EdgeRecords
internal import EdgeTLS
internal import EdgeUpstream
internal import NIOCore

/// What the connections and exchanges of one event loop share: made on the loop, used and ended there.
final class LoopServices {
    let eventLoop: any EventLoop
    let snapshot: Snapshot
    let shared: SharedServices
    let upstream: UpstreamClient
    private let log: AccessLog
    private var requestIDs = RequestIDSource()
    var responses = ResponseWriter()
    /// Memory for answers, lent to the connection whose turn it is: ten thousand idle ones need none of their own.
    var spareAnswers: [UInt8] = []
    /// What this loop has counted.
    var metrics = LoopMetrics()
    let tlsCounter = TLSCounter()
    /// What TLS works in.
    let tlsMemory = TLSMemory()
    /// The connections of this loop, for draining.
    private var connections: [ObjectIdentifier: ClientConnection] = [:]
    private var isFlushScheduled = false

    /// How long a record may wait for others before it goes to the log's thread.
    private static let logDelay = TimeAmount.milliseconds(20)

    init(
        eventLoop: any EventLoop, snapshot: Snapshot, shared: SharedServices, upstream: UpstreamClient, log: AccessLog
    ) {
        self.eventLoop = eventLoop
        self.snapshot = snapshot
        self.shared = shared
        self.upstream = upstream
        self.log = log
    }

    func makeIdentifier(at time: WallTime) -> Identifier { requestIDs.make(at: time) }

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

    // MARK: Connections

    func opened(_ connection: ClientConnection) { connections[ObjectIdentifier(connection)] = connection }

    func closed(_ connection: ClientConnection) { connections[ObjectIdentifier(connection)] = nil }

    /// Ends connections that wait for a request now, the others after their answer.
    func drain() {
        for connection in connections.values { connection.speaker?.drain() }
    }

    /// Ends what is left, and gives the log its last records: requests that are with Plunk fail, and their clients are
    /// told before their connections close.
    func stop() {
        upstream.shutdown(isImmediate: true)
        for connection in connections.values { connection.speaker?.abort() }
        log.flush()
    }
}

@available(*, unavailable)
extension LoopServices: Sendable {}
