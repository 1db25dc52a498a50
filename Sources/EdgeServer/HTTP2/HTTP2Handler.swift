internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import EdgeTLS
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Speaks HTTP/2 with one client (RFC 9113): a request is a stream, and every stream is judged, forwarded and recorded as
/// a request of HTTP/1.1 is. Frames are made and read by swift-nio-http2 before it. Confined to its channel's event loop.
final class HTTP2Handler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    let connection: ClientConnection
    private(set) var machine = HTTP2ConnectionMachine()
    private let streams = HTTP2Streams()
    /// As the last turn left them.
    private var total = HTTP2Streams.Total()
    private var context: ChannelHandlerContext?
    private(set) var output: HTTP2Output?
    private var deadline: HTTP2Deadline?
    /// Since when the client has not taken what it is sent; nil if it has.
    private var unwritableSince: Instant?
    /// What the frame handler keeps until it is whole.
    private var unfinished = UnfinishedFrame()
    private var failure = FrameFailure()
    /// Whether it has stopped behind a frame that it ignores.
    private var hasStopped = false
    /// Whether the client lets no more of any answer come. Of a stream that is reset meanwhile the frame handler keeps a
    /// note, for as long as that is so.
    private var isWindowShut = false

    private var snapshot: Snapshot { connection.services.snapshot }

    init(_ connection: ClientConnection) { self.connection = connection }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        output = HTTP2Output(context, connection.services)
        connection.speaker = self
        connection.speaks(.http2)
        deadline = HTTP2Deadline(connection.deadline, connection.services) { [unowned self] in waitEnded($0) }
        output?.widenWindow(by: HTTP2Limits.windowIncrement)
        output?.flush()
        turnEnded()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.invalidate()
        (self.context, output) = (nil, nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        machine.connectionClosed()
        deadline?.invalidate()
        streams.closeAll()
        connection.closed()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What was read together with the end of the connection.
        guard machine.state != .ending else { return }
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let payload):
            if let stream = streams[frame.streamID] {
                stream.received(trailers: payload.headers, isLast: payload.endStream)
            } else {
                requestReceived(frame.streamID, payload.headers, isEnded: payload.endStream)
            }
        case .data(let payload):
            guard case .byteBuffer(let bytes) = payload.data else { return }
            machine.dataReceived(bytes.readableBytes)
            // On a connection that many share the ones' must not cost the others their answers.
            if bytes.readableBytes < HTTP2Limits.smallData, !payload.endStream, connection.counted != nil {
                execute(machine.idleFrameReceived())
            }
            streams[frame.streamID]?.received(bytes, isLast: payload.endStream)
        case .rstStream
        where connection.counted != nil && (isWindowShut || streams[frame.streamID]?.isAnswered != true):
            execute(machine.requestReset())
        case .ping(_, ack: true): execute(machine.endWasRead())
        case .settings(.settings(let list)): execute(machine.settingsReceived(list.count))
        case .windowUpdate, .ping, .priority: execute(machine.idleFrameReceived())
        default: return
        }
    }

    /// Bytes are handed to the frame handler, which keeps to itself what it has no use for.
    ///
    /// - Parameter unfinished: what of them is no whole frame yet.
    func bytesReceived(_ count: Int, _ unfinished: UnfinishedFrame) {
        self.unfinished = unfinished
        execute(machine.bytesReceived(count))
    }

    /// Whether the frame handler has left unread what lies behind a frame, and reads on when something comes. Asked for
    /// once.
    func takeStop() -> Bool {
        defer { hasStopped = false }
        return hasStopped
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        turnEnded()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as StreamClosedEvent:
            if streams.close(event.streamID) { execute(machine.streamClosed(isReset: event.reason != nil)) }
        case let event as NIOHTTP2WindowUpdatedEvent where event.streamID == .rootStream:
            if let size = event.outboundWindowSize { isWindowShut = size <= 0 }
            // What has come is taken at once, so the window can open again.
            guard let size = event.inboundWindowSize, size <= HTTP2Limits.connectionWindow / 2 else { return }
            output?.widenWindow(by: HTTP2Limits.connectionWindow - size)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Who does not read what is sent is not read either: ``InputTurns``.
        unwritableSince = context.channel.isWritable ? nil : Instant.now
        output?.writabilityChanged()
        turnEnded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch failure.caught(FrameFailure.Cause(error), isEnding: machine.state == .ending) {
        case .none: return
        case .readOn: hasStopped = true
        case .close: context.close(promise: nil)
        case .fail:
            let isLarge = error is NIOHTTP2Errors.ExcessivelyLargeHeaderBlock
            recordFailure(
                .unreadable(isLarge ? .headerTooLarge : .malformed("The client does not follow HTTP/2.")))
            execute(machine.protocolFailed())
        }
    }

    // MARK: Requests

    private func requestReceived(_ id: HTTP2StreamID, _ fields: HPACKHeaders, isEnded: Bool) {
        guard machine.takesRequests else { return }
        let (head, size, failure) = FieldListReader.read(fields, limits: snapshot.settings.connections)
        // A proxy that many clients share has one connection for all hosts, and would meet 421 again and again.
        let isServed = connection.counted == nil || connection.serves(head)
        let refusal: Refusal? = failure.map(Refusal.unreadable) ?? (isServed ? nil : .misdirected)
        let stream = HTTP2Stream(id, of: self, head: head, size: size, isEnded: isEnded)
        streams.open(stream, id)
        let action = machine.streamOpened()
        stream.begin(refusal: refusal)
        execute(action)
    }

    /// What is no request, or no HTTP/2, is in the log once.
    private func recordFailure(_ refusal: Refusal) {
        Exchange(head: .unreadableHTTP2, connection).unanswerable(refusal)
    }

    // MARK: Streams

    /// Calls `body` behind whatever happens at this moment.
    func soon(_ body: @escaping (HTTP2Handler) -> Void) {
        context?.eventLoop.assumeIsolated().execute { [self] in body(self) }
    }

    /// Streams have been given up because others need the memory.
    func madeRoom() {
        output?.flush()
        turnEnded()
    }

    /// An answer has been written outside of a turn. Those of one moment go out together.
    func answeredLater() { output?.flushSoon { [self] in turnEnded() } }

    // MARK: Deadlines

    private func turnEnded() {
        total = streams.total
        deadline?.refresh(machine, total, unfinished, unwritable: unwritableSince)
        connection.holds(total.memory + unfinishedMemory)
    }

    /// What a head takes here that has not come whole, in bytes; nothing where it can be any of many clients', or is small,
    /// as there is one at the end of nearly everything that is read.
    private var unfinishedMemory: Int {
        guard connection.counted != nil, unfinished.size >= 1024, machine.state != .ending, machine.state != .closed
        else { return 0 }
        return UnfinishedFrame.memoryPerByte * unfinished.size
    }

    private func waitEnded(_ ending: LazyDeadline.Ending) {
        let now = Instant.now
        if ending == .cutShort { return execute(machine.cutShort()) }
        if deadline?.isWriteOver(at: now) == true { return abort() }
        if streams.isEmpty || machine.state == .ending {
            if deadline?.isFrameOver(at: now) == true { recordFailure(.headerTimeout) }
            execute(machine.idleTimeoutPassed())
        } else {
            streams.deadlinesPassed(at: now)
            if machine.state == .leaving, deadline?.isOver(at: now) == true { execute(machine.endWasRead()) }
        }
        output?.flush()
        turnEnded()
    }

    // MARK: Actions

    private func execute(_ action: HTTP2ConnectionMachine.Action) {
        switch action {
        case .none: return
        case .announceEnd: output?.announceEnd()
        case .refuseStreams: output?.sayGoAway(.noError, last: streams.last)
        case .refuseStreamsAndEnd:
            output?.sayGoAway(.noError, last: streams.last)
            endOutput()
        case .refuseStreamsAndClose:
            output?.sayGoAway(.noError, last: streams.last)
            output?.flush()
            context?.close(promise: nil)
        case .endFlood:
            recordFailure(.unreadable(.malformed("The client sends frames that no request needs.")))
            output?.sayGoAway(.enhanceYourCalm, last: streams.last)
            endOutput()
        case .end: endOutput()
        case .close: context?.close(promise: nil)
        }
        turnEnded()
    }

    private func endOutput() {
        output?.endSoon()
        if let context { Pipeline.discardInput(of: context) }
        streams.closeAll()
    }
}

extension HTTP2Handler: ClientSpeaker {
    func drain() { execute(machine.leave()) }

    func addHoldings(to holdings: inout [HeldMemory.Holding<any MemoryHolder>]) {
        if let client = connection.counted {
            let size = total.memory + unfinishedMemory
            guard size > 0 else { return }
            let since = [total.oldest?.since, deadline?.unfinishedSince].compactMap { $0 }.min() ?? .now
            holdings.append(
                .init(holder: self, client: client, size: size, least: total.oldest?.memory ?? size, since: since))
        } else {
            holdings += streams.holdings
        }
    }

    func settingsChanged() { output?.announce(HTTP2Limits.Announced(snapshot)) }

    func abort() {
        streams.closeAll()
        // Answers that were given a moment ago go out.
        output?.flush()
        context?.close(promise: nil)
    }
}

extension HTTP2Handler: MemoryHolder {
    func makeRoom(_ size: Int) {
        streams.giveUp(size)
        // Nobody can take the frame handler what it keeps but with the connection.
        if size > total.memory, unfinishedMemory > 0 {
            recordFailure(.requestMakesRoom)
            execute(machine.cutShort())
        }
        madeRoom()
    }
}

extension HTTP2Handler: NIOHTTP2FrameDelegate {
    func wroteFrame(_ frame: HTTP2Frame) {
        guard case .goAway(_, let code, _) = frame.payload, code != .noError else { return }
        failure.saidGoAway(isEnding: machine.state == .ending)
    }
}

@available(*, unavailable)
extension HTTP2Handler: Sendable {}
