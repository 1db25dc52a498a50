internal import EdgeCore
internal import EdgeRecords
internal import EdgeTLS
internal import NIOCore

/// One client's connection over HTTP/1.1: when bytes are read and looked at, how long each thing may take, how it ends.
/// What they say is the ``HTTP1Session``'s. Confined to its channel's event loop.
final class HTTP1Handler: ChannelInboundHandler, ClientSpeaker {
    typealias InboundIn = ByteBuffer

    let session: HTTP1Session
    private let connection: ClientConnection
    private let services: LoopServices
    private var pause = InputPause()
    private var context: ChannelHandlerContext?
    private var deadline: HTTP1Deadline?
    /// Whether the client takes what it is sent.
    private var isWritable = true
    private var isProcessing = false
    /// Whether nothing is read for now.
    private var isReadHeld = false

    init(_ connection: ClientConnection) {
        (self.connection, services) = (connection, connection.services)
        session = HTTP1Session(connection)
    }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadline = HTTP1Deadline(connection.deadline, services) { [unowned self] ending in
            waitEnded(ending)
        }
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.invalidate()
        (self.context, session.output) = (nil, nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        connection.opened(context.channel)
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        connection.speaker = self
        connection.speaks(.http1_1)
        session.output = HTTP1Output(context, services, tls: connection.tls) { [weak self] in self?.process() }
        session.continued = { [weak self] in self?.process() }
        if connection.isAdmitted {
            process()
        } else {
            refuseConnection(context)
        }
    }

    /// Says why and closes: nothing is read from a connection that has no place.
    private func refuseConnection(_ context: ChannelHandlerContext) {
        session.fail(.tooManyConnections)
        session.output?.flush()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What it had sent before it went still counts, as far as a turn reaches.
        if pause.end() { process() }
        deadline?.invalidate()
        session.closed()
        connection.closed()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        // Who has said its last is read to the end, whatever we ask; and it goes as soon as that is reached.
        guard !session.input.isOverfull(services.snapshot.settings.connections) else {
            bytes.withUnsafeReadableBytes(Erasure.erase)
            return context.close(promise: nil)
        }
        let count = bytes.readableBytes
        session.append(bytes)
        if pause.took(count) { endPauseSoon() }
        process()
        // Bytes are read even while an exchange runs, since that is how a client that goes away is noticed; but not
        // without bound.
        if !usesInput || pause.isOn, !isReadHeld, session.input.isFull { holdReading(true) }
    }

    /// Behind whatever else the loop has to do now, and a look at its sockets, as `TurnQueue` does it.
    private func endPauseSoon() {
        guard let loop = context?.eventLoop.assumeIsolated() else { return }
        loop.execute { [self] in
            // Most often the turn ends without one, and there is nothing to come back for.
            guard pause.isOn else { return _ = pause.end() }
            loop.scheduleTask(in: .microseconds(5)) { [self] in if pause.end() { process() } }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        process()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Resets and the like: the channel's end is handled where it is reported.
        context.close(promise: nil)
    }

    // MARK: Draining

    func drain() {
        // What has been read counts, whoever comes first.
        while pause.end() { process() }
        session.drain()
        process()
    }

    func abort() {
        session.clientGone()
        context?.close(promise: nil)
    }

    // MARK: Turns

    /// Goes on as far as the bytes reach: every request that is whole is judged, and those that can be answered are.
    private func process() {
        guard !isProcessing, let context else { return }
        isProcessing = true
        let rest = max(0, session.input.count - InputPause.share)
        while usesInput, !pause.isOn, session.advance() {
            // Without a reader the channel stops being writable here, and the turn ends.
            if session.output?.isFull == true { session.output?.flush() }
            if session.input.count <= rest, rest > 0, pause.begin() { endPauseSoon() }
        }
        isProcessing = false
        session.output?.flush()
        switch session.end.take() {
        case .connection: context.close(promise: nil)
        case .output: context.close(mode: .output, promise: nil)
        case nil: break
        }
        // While anything waits to be sent it is the client's reading that is waited for, whatever comes behind.
        let isWaiting = !isWritable || session.output?.isWaiting == true
        deadline?.enter(isWaiting ? .write : .machine(session.phase), answered: session.answeredAt.take())
        connection.holds(session.memory)
        if isReadHeld, usesInput, !pause.isOn { holdReading(false) }
    }

    private func holdReading(_ isHeld: Bool) {
        isReadHeld = isHeld
        // A socket's channel takes this option always.
        try? context?.channel.syncOptions?.setOption(.autoRead, value: !isHeld)
    }

    /// Whether bytes that have come are looked at now: not while a request is being answered, nor while the client does
    /// not take its answers.
    private var usesInput: Bool { session.machine.wantsInput && isWritable }

    // MARK: Deadlines

    private func waitEnded(_ ending: LazyDeadline.Ending) {
        guard let deadline else { return }
        switch deadline.phase {
        case .write: context?.close(promise: nil)
        case .machine(let phase):
            session.waitEnded(phase, since: deadline.began, isCutShort: ending == .cutShort)
        }
        process()
    }
}

extension HTTP1Handler: MemoryHolder {
    func addHoldings(to holdings: inout [HeldMemory.Holding<any MemoryHolder>]) {
        let memory = session.memory
        guard let deadline, memory > 0 else { return }
        holdings.append(
            .init(holder: self, client: session.client, size: memory, least: memory, since: deadline.began))
    }

    func makeRoom(_: Int) {
        guard let deadline, session.memory > 0 else { return }
        switch deadline.phase {
        // It takes no answer.
        case .write: context?.close(promise: nil)
        case .machine(let phase): session.makeRoom(phase, since: deadline.began)
        }
        process()
    }
}

@available(*, unavailable)
extension HTTP1Handler: Sendable {}
