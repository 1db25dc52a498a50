internal import EdgeCore
internal import EdgeRecords
internal import EdgeUpstream
internal import NIOCore

/// The services of every event loop, each to be touched on its own loop only.
final class EventLoopServices: Sendable {
    private let services: [(loop: any EventLoop, bound: NIOLoopBound<LoopServices>)]

    private init(_ services: [(any EventLoop, NIOLoopBound<LoopServices>)]) { self.services = services }

    /// Makes the services of each loop of `group`, on that loop.
    static func start(
        on group: any EventLoopGroup, snapshot: Snapshot, shared: SharedServices, log: AccessLogWriter, loopCount: Int
    ) async throws -> EventLoopServices {
        guard let readiness = ReadinessThread() else { throw StartFailure.noDescriptors }
        let upstream = try Upstream(
            settings: snapshot.settings.upstream, eventLoops: loopCount, readiness: readiness)
        var services: [(any EventLoop, NIOLoopBound<LoopServices>)] = []
        for loop in group.makeIterator() {
            let bound = try await loop.submit {
                guard let client = UpstreamClient(upstream: upstream, eventLoop: loop) else {
                    throw StartFailure.noDescriptors
                }
                return NIOLoopBound(
                    LoopServices(
                        eventLoop: loop, snapshot: snapshot, shared: shared, upstream: client,
                        log: log.makeLog(feed: shared.feed)),
                    eventLoop: loop)
            }.get()
            services.append((loop, bound))
        }
        return EventLoopServices(services)
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
}

/// What keeps the event loops from starting.
enum StartFailure: Error, CustomStringConvertible {
    case noDescriptors

    var description: String { "there are no file descriptors left. Raise the limit (ulimit -n)." }
}
