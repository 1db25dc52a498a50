internal import EdgeCore
internal import EdgeTLS
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOPosix

/// The only place that orders channel handlers.
enum Pipeline {
    /// How many bytes of one connection are read at once. A client that sends without end can make of each a frame or a
    /// request to answer, and everybody else waits for that.
    static let readSize = 8 * 1024

    /// How many bytes the kernel may keep of one connection in each direction; it doubles this for its own needs. Left to
    /// itself it lets a client take tens of megabytes, of a memory that all connections share (tcp(7), `tcp_mem`), and what
    /// comes with the client's end is read in one go.
    static let kernelBufferSize = 128 * 1024

    /// Listens on an address, but accepts nobody before the channel is told to read. Each connection gets its handlers on
    /// its own loop.
    ///
    /// - Parameters:
    ///   - listener: says how to speak with a client when it connects.
    ///   - inherited: a socket that listens there already; a copy of it is used.
    static func bind(
        _ address: ListenAddress, _ listener: ListenerState, inherited: CInt?, group: any EventLoopGroup,
        loops: EventLoopServices, trouble: AcceptTrouble
    ) async throws(BindFailure) -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            // Accepted in one turn of the loop. By NIO's four, who connects behind a crowd waits for many turns.
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            // Linux hands these on to the sockets of TCP that are accepted, which saves calls for each.
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: kernelBufferSize)
            .serverChannelOption(.socketOption(.so_sndbuf), value: kernelBufferSize)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: readSize)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let services = loops.services(on: channel.eventLoop) else { throw ChannelError.eof }
                    try begin(on: channel, services, listener)
                }
            }
            .bind(address, inherited: inherited, trouble: trouble)
    }

    /// Listens on the admin listener's address. NIO's own codec is quick enough for who comes there.
    static func bindAdmin(
        _ address: ListenAddress, _ services: NIOLoopBound<AdminServices>, inherited: CInt?, group: any EventLoopGroup,
        trouble: AcceptTrouble
    ) async throws(BindFailure) -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Who has said all (`nc -N`) still reads.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(
                        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: AdminHandler.limits)
                    try pipeline.addHandler(AdminHandler(services.value))
                }
            }
            .bind(address, inherited: inherited, trouble: trouble)
    }

    /// Gives a client's channel its first handlers.
    @discardableResult
    static func begin(
        on channel: any Channel, _ services: LoopServices, _ listener: ListenerState
    ) throws -> ClientConnection {
        // Who has reset the connection before it was accepted has no address any more, and would pass for a client of a
        // Unix domain socket: trusted, and limited by nothing.
        guard channel.remoteAddress != nil || channel.localAddress?.protocol == .unix else { throw ChannelError.eof }
        let pipeline = channel.pipeline.syncOperations
        // A client that does not take its answer is noticed at the first unsent kilobyte.
        try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1024))
        let speech = listener.speech
        guard let certificates = speech.certificates else {
            let connection = ClientConnection(services: services, listener: listener, tls: nil)
            try pipeline.addHandler(
                speech.settings.h2c ? ProtocolChooser(connection, by: .preface) : HTTP1Handler(connection))
            return connection
        }
        guard
            let tls = TLSHandler(
                certificates.contexts, memory: services.tlsMemory, handshakes: services.handshakes,
                counter: services.tlsCounter, makeOutput: { SocketOutput(context: $0) })
        else { throw ChannelError.eof }
        let connection = ClientConnection(services: services, listener: listener, tls: tls)
        try pipeline.addHandlers(tls, ProtocolChooser(connection, by: .handshake))
        return connection
    }

    /// Gives a channel the handlers of what its client speaks.
    static func speak(
        _ spoken: ApplicationProtocol, _ connection: ClientConnection, behind chooser: ProtocolChooser,
        in context: ChannelHandlerContext
    ) throws {
        let pipeline = context.pipeline.syncOperations
        switch spoken {
        case .http1_1:
            try pipeline.addHandler(HTTP1Handler(connection), position: .after(chooser))
        case .http2:
            // The answers of a hundred requests can go out together. Each frame that waits takes several times its size.
            try context.channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 64 * 1024))
            let handler = HTTP2Handler(connection)
            let frames = HTTP2Limits.makeFrameHandler(
                connection.services.snapshot, isShared: connection.counted == nil, watchedBy: handler)
            // One by one: each begins as soon as it is there, and the second through the first.
            let turns = InputTurns(
                connection.services.turns, handingOn: { [weak handler] in handler?.bytesReceived($0, $1) },
                hasStopped: { [weak handler] in handler?.takeStop() == true })
            try pipeline.addHandler(turns, position: .after(chooser))
            try pipeline.addHandler(frames, position: .after(turns))
            // It has written, and that may have been the end of the connection.
            guard context.channel.isActive else { throw ChannelError.alreadyClosed }
            try pipeline.addHandler(handler, position: .after(frames))
        }
    }

    /// Throws away what still comes on a channel that speaks HTTP/2: behind an error its frame handler reads on, and keeps
    /// what it cannot read.
    static func discardInput(of context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let frames = try? pipeline.handler(type: NIOHTTP2Handler.self) else { return }
        try? pipeline.addHandler(InputDiscarder(), position: .before(frames))
    }
}
