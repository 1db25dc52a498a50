internal import EdgeCore
internal import EdgeRecords
internal import EdgeUpstream
internal import NIOCore
internal import Synchronization

/// The services of every event loop, each to be touched on its own loop only.
final class EventLoopServices: Sendable {
    /// A way to Plunk that no request takes yet: one client for each loop, in the order of the loops.
    struct PreparedUpstream: Sendable {
        fileprivate let upstream: Upstream
        fileprivate let clients: [NIOLoopBound<UpstreamClient>]
    }

    private let services: [(loop: any EventLoop, bound: NIOLoopBound<LoopServices>)]
    private let readiness: ReadinessThread
    /// The one in use.
    private let upstream: Mutex<Upstream>

    /// Makes the services of each loop of `group`, on that loop.
    init(
        on group: any EventLoopGroup, snapshot: Snapshot, shared: SharedServices, log: AccessLogWriter
    ) async throws {
        guard let readiness = ReadinessThread() else { throw StartFailure.noDescriptors }
        self.readiness = readiness
        let loops = Array(group.makeIterator())
        let upstream = try Upstream(
            settings: snapshot.settings.upstream, eventLoops: loops.count, readiness: readiness)
        var services: [(any EventLoop, NIOLoopBound<LoopServices>)] = []
        do {
            for loop in loops {
                let bound = try await loop.submit {
                    let client = try Self.client(of: upstream, on: loop, counter: UpstreamCounter())
                    return NIOLoopBound(
                        LoopServices(
                            eventLoop: loop, eventLoops: loops.count, snapshot: snapshot, shared: shared,
                            upstream: client.value, log: log.makeLog(feed: shared.feed)),
                        eventLoop: loop)
                }.get()
                services.append((loop, bound))
            }
        } catch {
            for (loop, bound) in services { try? await loop.submit { bound.value.stop() }.get() }
            throw error
        }
        self.services = services
        self.upstream = Mutex(upstream)
        await forEach { $0.loops = self }
    }

    /// The services of a loop; to be called on it. Nil for a loop of another group.
    func services(on loop: any EventLoop) -> LoopServices? { services.first { $0.loop === loop }?.bound.value }

    /// Whether every loop takes its turn within `span`.
    func turn(within span: Duration) async -> Bool {
        await EventLoopTurns.happen(on: services.map(\.loop), within: span)
    }

    /// How many loops there are.
    var count: Int { services.count }

    /// Calls `body` on a loop with its services, as soon as it comes to it.
    func ask(_ index: Int, _ body: @escaping @Sendable (LoopServices) -> Void) {
        let (loop, bound) = services[index]
        loop.execute { body(bound.value) }
    }

    /// Calls `body` on each loop with its services and waits for all.
    func forEach(_ body: @escaping @Sendable (LoopServices) -> Void) async {
        for (loop, bound) in services {
            try? await loop.submit { body(bound.value) }.get()
        }
    }

    /// Has the other loops make room for connections, as soon as they come to it.
    func makeRoom(except asking: any EventLoop) {
        for (loop, bound) in services where loop !== asking {
            loop.execute { bound.value.makeRoom(asksOthers: false) }
        }
    }

    // MARK: Configuration

    /// Whether the file of the upstream's authorities is another than the one that was read. Blocks.
    var haveAuthoritiesChanged: Bool { upstream.withLock { $0 }.haveAuthoritiesChanged }

    /// Reads the authorities' file, and makes what is needed to send requests to an upstream. Blocks.
    func prepare(_ settings: UpstreamSettings) async throws -> PreparedUpstream {
        let upstream = try Upstream(settings: settings, eventLoops: count, readiness: readiness)
        var clients: [NIOLoopBound<UpstreamClient>] = []
        do {
            for (loop, bound) in services {
                clients.append(
                    try await loop.submit {
                        try Self.client(of: upstream, on: loop, counter: bound.value.upstream.counter)
                    }.get())
            }
        } catch {
            await discard(PreparedUpstream(upstream: upstream, clients: clients))
            throw error
        }
        return PreparedUpstream(upstream: upstream, clients: clients)
    }

    /// Ends clients that no request will use, each on its loop: from then on any thread may let go of them.
    func discard(_ prepared: PreparedUpstream) async {
        for ((loop, _), client) in zip(services, prepared.clients) {
            try? await loop.submit { client.value.shutdown() }.get()
        }
    }

    /// Gives every loop another configuration, and waits until all have it.
    ///
    /// - Parameter prepared: nil if the upstream stays.
    func take(_ snapshot: Snapshot, _ prepared: PreparedUpstream?) async {
        if let prepared { upstream.withLock { $0 = prepared.upstream } }
        for (index, (loop, bound)) in services.enumerated() {
            let client = prepared?.clients[index]
            try? await loop.submit { bound.value.take(snapshot, upstream: client?.value) }.get()
        }
    }

    /// To be called on the loop.
    private static func client(
        of upstream: Upstream, on loop: any EventLoop, counter: UpstreamCounter
    ) throws -> NIOLoopBound<UpstreamClient> {
        guard let client = UpstreamClient(upstream: upstream, eventLoop: loop, counter: counter) else {
            throw StartFailure.noDescriptors
        }
        return NIOLoopBound(client, eventLoop: loop)
    }
}

/// What keeps the process from starting.
package enum StartFailure: Error, CustomStringConvertible {
    case noDescriptors

    package var description: String { "there are no file descriptors left. Raise the limit (ulimit -n)." }
}
