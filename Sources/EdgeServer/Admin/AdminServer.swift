internal import EdgeCore
internal import EdgeRecords
internal import NIOCore
internal import NIOPosix

/// The admin listener: health, metrics and status for whoever operates the edge, on a thread of its own, so that nothing
/// that is asked here makes a request wait. Any task may use it.
final class AdminServer: Sendable {
    /// Where it listens, its port resolved.
    let address: BoundAddress

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let services: NIOLoopBound<AdminServices>

    private init(
        address: BoundAddress, group: MultiThreadedEventLoopGroup, listener: any Channel,
        services: NIOLoopBound<AdminServices>
    ) {
        (self.address, self.group, self.listener, self.services) = (address, group, listener, services)
    }

    /// Starts to listen.
    ///
    /// - Parameter inherited: a socket that listens there already.
    /// - Throws: ``BindFailure``; then nothing is left running.
    static func start(
        _ address: ListenAddress, inherited: CInt?, status: ServerStatus, loops: EventLoopServices,
        shared: SharedServices, log: AccessLogWriter
    ) async throws -> AdminServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let loop = group.next()
            let services = try await loop.submit {
                NIOLoopBound(
                    AdminServices(
                        eventLoop: loop, address: address, status: status, loops: loops, shared: shared, log: log),
                    eventLoop: loop)
            }.get()
            let listener = try await Pipeline.bindAdmin(
                address, services, inherited: inherited, group: group, trouble: shared.acceptTrouble)
            try await loop.submit { services.value.start() }.get()
            return AdminServer(
                address: BoundAddress(address, isTLS: false, isInherited: inherited != nil, channel: listener),
                group: group, listener: listener, services: services)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Stops listening and closes every connection. Nothing is asked of the traffic loops from then on.
    func close() async {
        try? await listener.close()
        let services = services
        try? await group.any().submit { services.value.closeAll() }.get()
    }

    /// Ends its thread. The traffic loops have ended before: an answer of theirs would find nobody.
    func end() async { try? await group.shutdownGracefully() }
}
