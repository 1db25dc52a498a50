import EdgeCore
import EdgeSystem
import EdgeTLS
import Logging
import NIOCore
import NIOEmbedded

@testable import EdgeRecords
@testable import EdgeServer
@testable import EdgeUpstream

/// The whole front of the edge on a channel without a socket: the real pipeline, the real exchanges, the real log up to
/// its thread. Plunk's end is whoever calls: requests reach the line where they wait for a connection, and none is opened.
final class FrontStage {
    private static let readiness = ReadinessThread()

    private let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let socket = StageSocket()
    private let connection: ClientConnection
    private let services: LoopServices
    private let log: AccessLogQueue
    private let upstream: UpstreamClient
    /// Requests that have reached Plunk's end and have no result, in their order.
    private var waiting: [UpstreamCall] = []
    /// What Plunk's end was sent.
    private(set) var requests: [[UInt8]] = []
    /// What the client has sent that nobody has read.
    private var unread: [[UInt8]] = []
    /// The most bytes that HTTP/1.1 kept and had no use for yet.
    private(set) var mostUnused = 0
    /// The most streams of HTTP/2 that were open at once.
    private(set) var mostStreams = 0
    /// Whether what is read goes through the turns of HTTP/2.
    var takesTurns: Bool { (try? channel.pipeline.syncOperations.handler(type: InputTurns.self)) != nil }
    private var isOver = false
    /// How many settings of the channel's options have been looked at, and what they say of reading.
    private var knownOptions = 0
    private var isReadByOptions = true

    /// - Throws: when the machine has no descriptors left.
    init(_ options: FrontOptions) throws {
        let snapshot = Snapshot(FrontStage.settings(options))
        let shared = SharedServices(
            settings: snapshot.settings, eventLoops: 1,
            logger: Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() }))
        guard let readiness = Self.readiness else { throw StartFailure.noDescriptors }
        let way = try Upstream(settings: snapshot.settings.upstream, eventLoops: 1, readiness: readiness)
        guard let upstream = UpstreamClient(upstream: way, eventLoop: loop) else { throw StartFailure.noDescriptors }
        log = try AccessLogQueue(capacity: 64 * 1024 * 1024)
        self.upstream = upstream
        services = LoopServices(
            eventLoop: loop, snapshot: snapshot, shared: shared, upstream: upstream, log: AccessLog(queue: log),
            heldMemory: options.isCrowded ? HeldMemory(share: 6 * 1024) : nil,
            now: Self.makeClock(step: options.isQuick ? 100 : 10_000))
        channel = EmbeddedChannel(loop: loop)
        let peer = try SocketAddress(ipAddress: options.isPeerTrusted ? "127.0.0.1" : "192.0.2.7", port: 4711)
        channel.remoteAddress = peer
        try channel.pipeline.syncOperations.addHandler(socket)
        let listener = snapshot.settings.listeners[0]
        connection = try Pipeline.begin(on: channel, services, ListenerState(listener, certificates: nil))
        fillPool()
        channel.connect(to: peer, promise: nil)
        loop.run()
    }

    private static func settings(_ options: FrontOptions) -> EdgeSettings {
        var keys: [KeyTable.Entry] = []
        if options.hasKeys {
            let sends = Array("pk_of_the_entry".utf8)
            keys = [
                KeyTable.Entry(name: "web", accepts: [digest("pk_0123456789abcdef")], sends: nil),
                KeyTable.Entry(name: "app", accepts: [digest("alias")], sends: sends, whenMissing: true),
            ]
        }
        var policy = Policy(keys: KeyTable(entries: keys, sha256: SHA256.digest))
        policy.perClient = options.hasLimit ? RateLimit(perSecond: 0.0001, burst: 2) : nil
        if options.isStrict {
            (policy.body.unknownFields, policy.body.subscribed) = (.reject, .reject)
            policy.origins.patterns = [.exact("https://app.example.com")]
            policy.origins.required = true
            policy.events = [EventPattern("sign*")]
        }
        var listener = ListenerSettings(address: .tcp(host: "127.0.0.1", port: 0))
        listener.h2c = options.speaksBoth
        let origin = UpstreamSettings.Origin(scheme: .http, host: "127.0.0.1", port: 9, pathPrefix: "/api")
        var settings = EdgeSettings(
            listeners: [listener], upstream: UpstreamSettings(origin: origin), policy: policy)
        settings.upstream.maximumConnections = 1
        if options.isTight {
            (settings.connections.headerSize, settings.connections.headerCount) = (400, 8)
            settings.policy.body.maximumSize = 96
        }
        // Room is made for the largest body.
        if options.isCrowded { settings.policy.body.maximumSize = min(settings.policy.body.maximumSize, 2048) }
        return settings
    }

    /// A clock that goes on by `step` nanoseconds at each look at it: how far a turn reaches is the input's doing alone.
    private static func makeClock(step: Int64) -> () -> Instant {
        var now = Instant(nanoseconds: 0)
        return {
            now = now.advanced(by: .nanoseconds(step))
            return now
        }
    }

    private static func digest(_ text: String) -> KeyDigest { Array(text.utf8).withUnsafeBytes(SHA256.digest) }

    /// The one connection that there may be is taken, for ever: nobody opens another.
    private func fillPool() {
        let nobody = UpstreamCall(
            bytes: [], hasIdempotencyKey: false, requestID: Identifier(given: []), accepted: .now, deadline: .now,
            client: upstream, completion: { _ in })
        _ = nobody.takeCompletion()
        var pool = UpstreamClient.Pool(limit: 1, idleTimeout: .seconds(1))
        _ = pool.request(nobody)
        pool.withdraw(nobody)
        upstream.pool = pool
    }

    // MARK: What happens

    func take(_ steps: [FrontScript.Step]) {
        for (index, step) in steps.enumerated() {
            guard channel.isActive else { return }
            switch step {
            case .bytes(let bytes): unread.append(bytes)
            case .hurried(let bytes):
                unread.append(bytes)
                while read() {}
                continue
            case .cut: continue
            case .answer(let bytes): answer(bytes)
            case .fail(let number):
                fail(number)
                // A request can fail through what another client does, in the moment in which this one takes answers again.
                if steps.indices.contains(index + 1), case .reading(true) = steps[index + 1] { continue }
            case .deadline(let ending): connection.deadline.action?(ending)
            case .reading(let isReading):
                channel.isWritable = isReading
                channel.pipeline.fireChannelWritabilityChanged()
            case .drain: connection.speaker?.drain()
            case .settings(let options): services.take(Snapshot(Self.settings(options)), upstream: nil)
            case .abort: services.stop()
            case .close: channel.close(promise: nil)
            }
            settle()
        }
    }

    private func look() {
        // Not by asking the pipeline, which throws for each handler that is not there: this is done for each byte.
        if let handler = connection.speaker as? HTTP1Handler {
            mostUnused = max(mostUnused, handler.session.input.count)
        } else if let handler = connection.speaker as? HTTP2Handler {
            mostStreams = max(mostStreams, handler.machine.openStreams)
        }
    }

    /// Lets everything happen that can happen now.
    private func settle() {
        pause()
        while read() { pause() }
    }

    /// Has the edge read what has come first.
    ///
    /// - Returns: false where there is nothing, or it does not read.
    private func read() -> Bool {
        guard channel.isActive, isRead, isTaking, !unread.isEmpty else { return false }
        _ = try? channel.writeInbound(ByteBuffer(bytes: unread.removeFirst()))
        return true
    }

    private func pause() {
        runLoop()
        collect()
        look()
    }

    /// With everything that is put off for others, which are not there.
    private func runLoop() { loop.advanceTime(by: .milliseconds(1)) }

    /// Whether the channel reads its socket.
    private var isRead: Bool {
        let options = channel.options
        guard options.count > knownOptions else { return isReadByOptions }
        for (option, value) in options[knownOptions...] where option is ChannelOptions.Types.AutoReadOption {
            isReadByOptions = value as? Bool ?? true
        }
        knownOptions = options.count
        return isReadByOptions
    }

    /// Whether turns would ask the socket for more.
    private var isTaking: Bool { channel.isWritable || !(connection.speaker is HTTP2Handler) }

    private func collect() {
        waiting.removeAll(where: \.isOver)
        for call in upstream.calls where !waiting.contains(call) {
            // Of every second one Plunk has seen something, so that it runs on when the client has gone.
            if requests.count % 2 == 0 { call.trace.attempts = 1 }
            waiting.append(call)
            // A copy: the bytes of a call are overwritten when it ends.
            requests.append(call.bytes.map { $0 })
        }
    }

    /// What comes of these bytes and the connection's end behind them.
    private func answer(_ bytes: [UInt8]) {
        guard let call = waiting.first else { return }
        var parser = ResponseParser()
        var step = bytes.withUnsafeBytes { parser.feed($0) }
        if case .incomplete = step, let end = parser.end() { step = end }
        call.trace.attempts = max(1, call.trace.attempts)
        upstream.pool.withdraw(call)
        switch step {
        case .complete(let answer, _): upstream.complete(call, answer, .now)
        case .incomplete: upstream.complete(call, .closed, .now)
        case .invalid: upstream.complete(call, .invalidResponse, .now)
        }
    }

    private func fail(_ number: Int) {
        guard let call = waiting.first else { return }
        let failures: [UpstreamFailure] = [.connect, .tls, .timeout(.total), .timeout(.queue), .closed]
        upstream.pool.withdraw(call)
        upstream.complete(call, failures[number % failures.count], .now)
    }

    // MARK: The end

    /// Ends the connection and everything that is still under way.
    ///
    /// - Returns: the lines of the access log.
    func end() -> [UInt8] {
        guard !isOver else { return [] }
        isOver = true
        if channel.isActive { channel.close(promise: nil) }
        loop.run()
        collect()
        services.stop()
        loop.run()
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return log.take(lines: true).segments.flatMap { $0 }
    }

    /// How many bytes the edge believes to hold of requests that have not come whole, and answers that are not taken.
    var heldMemory: Int { services.heldMemoryCount }

    /// How many connections the edge believes to have.
    var admitted: Int { services.shared.admission.count }
}
