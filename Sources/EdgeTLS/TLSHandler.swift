package import EdgeCore
package import NIOCore

/// Speaks TLS with a client: bytes of the socket in front of it, bytes of the application behind. Asks the machine and
/// executes what it says. Confined to its channel's event loop.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// How many bytes OpenSSL may answer by itself behind the handshake.
    private static let unaskedLimit = 4096
    /// What new keys count as that the client takes and wants no answer to: about as much as its record.
    private static let keyUpdateSize = 32

    private let connection: TLSConnection
    private let memory: TLSMemory
    private let handshakes: HandshakePlaces
    private let counter: TLSCounter
    private let makeOutput: (ChannelHandlerContext) -> any ByteOutput
    private var machine = TLSStateMachine()
    private var context: ChannelHandlerContext?
    /// Where records go.
    private var output: (any ByteOutput)?
    /// Written since the last flush, not encrypted yet: small writes share a record.
    private var unencrypted: [UInt8] = []
    /// Of the handshake, while it is under way.
    private var place: HandshakePlaces.Place?
    /// Whose places the handshake takes; to be set before the first byte. Nil for those that are not counted by address.
    package var client: IPAddress?
    private var isAdvancing = false
    private var unasked = 0
    private var keyUpdates = 0
    package var sent: (() -> Void)?

    /// - Parameters:
    ///   - memory: the event loop's.
    ///   - handshakes: the event loop's.
    ///   - counter: the event loop's.
    ///   - makeOutput: the way to the socket, once it is open.
    /// - Returns: nil when memory has run out.
    package init?(
        _ contexts: TLSContexts, memory: TLSMemory, handshakes: HandshakePlaces, counter: TLSCounter = TLSCounter(),
        makeOutput: @escaping (ChannelHandlerContext) -> any ByteOutput
    ) {
        guard let connection = TLSConnection(contexts, memory: memory) else { return nil }
        (self.connection, self.memory) = (connection, memory)
        (self.handshakes, self.counter, self.makeOutput) = (handshakes, counter, makeOutput)
    }

    // MARK: The channel's events

    package func handlerRemoved(context: ChannelHandlerContext) { (self.context, output, sent) = (nil, nil, nil) }

    package func channelActive(context: ChannelHandlerContext) {
        self.context = context
        output = makeOutput(context)
        output?.sent = { [unowned self] in sent?() }
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        endHandshake(.abandoned)
        machine.connectionClosed()
        unencrypted = []
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard machine.state != .closed else { return }
        connection.feed(unwrapInboundIn(data))
        // NIO reads a socket to its end as soon as it cannot be written to, and that can be in the middle of this.
        guard !isAdvancing else { return }
        isAdvancing = true
        advance(context)
        isAdvancing = false
    }

    /// Goes on as far as the client's bytes reach.
    private func advance(_ context: ChannelHandlerContext) {
        if machine.state == .handshaking {
            // A handshake takes its place with its first byte.
            if place == nil { place = handshakes.enter(self, of: client) }
            let step = connection.handshake()
            let hasAnswered = memory.records.count >= HandshakePlaces.smallestAnswer
            sendRecords()
            switch step {
            case .done: execute(machine.handshakeDone(), context)
            case .incomplete: if hasAnswered { place = place.map { handshakes.moveOn(self, $0) } }
            case .failed(let failure):
                endHandshake(failure.kind)
                if failure.isPlainHTTP { context.fireUserInboundEventTriggered(TLSMissing()) }
                execute(machine.failed(), context)
            }
        }
        while machine.canRead, connection.hasMore, receive(context) {}
    }

    /// Takes one record apart; false when there is no other.
    private func receive(_ context: ChannelHandlerContext) -> Bool {
        let result = connection.read()
        let isModest = countUnasked()
        var plain = ByteBuffer()
        if case .bytes(let count) = result {
            let received = UnsafeRawBufferPointer(rebasing: memory.received[..<count])
            plain = context.channel.allocator.buffer(bytes: received)
            Erasure.erase(received)
        }
        // Whatever comes of it: what stayed in the memory would go to the next connection's client.
        sendRecords()
        guard isModest else {
            execute(machine.failed(), context)
            return false
        }
        switch result {
        case .bytes:
            if machine.received() == .deliver { context.fireChannelRead(wrapInboundOut(plain)) }
            return true
        case .incomplete: return false
        case .ended:
            execute(machine.peerSaidClose(), context)
            return false
        case .failed:
            execute(machine.failed(), context)
            return false
        }
    }

    /// Renegotiations that are refused, and new keys: they make OpenSSL work, more than requests of their size do, and the
    /// handlers behind nothing, so no turn ends and no deadline runs while a client asks for more and more of them. Clients
    /// change keys behind gigabytes if at all.
    ///
    /// - Returns: whether there were few enough, whatever came in between.
    private func countUnasked() -> Bool {
        unasked += memory.records.count + (connection.keyUpdates - keyUpdates) * Self.keyUpdateSize
        keyUpdates = connection.keyUpdates
        return unasked <= Self.unaskedLimit
    }

    // MARK: The application's side

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard machine.canWrite else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        if unencrypted.isEmpty { swap(&unencrypted, &memory.spare) }
        unencrypted.append(contentsOf: unwrapOutboundIn(data).readableBytesView)
        promise?.succeed()
    }

    package func flush(context: ChannelHandlerContext) {
        guard !unencrypted.isEmpty else { return }
        var bytes: [UInt8] = []
        swap(&bytes, &unencrypted)
        write(bytes)
        bytes.removeAll(keepingCapacity: bytes.capacity <= 64 * 1024)
        memory.spare = bytes
    }

    /// Sends what OpenSSL has made. After each call of it, and before anything else that could have a turn.
    private func sendRecords() { memory.takeRecords { output?.write($0) } }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output:
            flush(context: context)
            if machine.endOutput() == .sayClose { sayClose() }
            context.close(mode: .output, promise: promise)
        case .all:
            flush(context: context)
            if machine.close() == .sayCloseAndClose { sayClose() }
            context.close(promise: promise)
        case .input:
            context.close(mode: .input, promise: promise)
        }
    }

    // MARK: Actions

    private func execute(_ action: TLSStateMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none, .deliver: break
        case .begin:
            endHandshake(nil)
            context.fireUserInboundEventTriggered(TLSHandshake(connection))
        case .sayClose: sayClose()
        case .sayCloseAndClose:
            sayClose()
            context.close(promise: nil)
        case .close:
            context.close(promise: nil)
        }
    }

    private func sayClose() {
        connection.sayClose()
        sendRecords()
    }

    /// Whether the client has begun a handshake that has not come to its end.
    package var isInHandshake: Bool { place != nil }

    /// Ends the handshake: somebody else gets its place.
    package func giveWay() {
        endHandshake(.overloaded)
        guard let context else { return }
        context.fireUserInboundEventTriggered(TLSHandshakeRefused())
        execute(machine.failed(), context)
    }

    /// - Parameter failure: what it came to nothing for; nil if it did not.
    private func endHandshake(_ failure: TLSCounts.Failure?) {
        guard let place else { return }
        self.place = nil
        handshakes.leave(place)
        if let failure {
            counter.counts.failed(failure)
        } else {
            counter.counts.completed(connection.version, isResumed: connection.isResumed)
        }
    }
}

/// The way out for a handler behind that has whole answers to send.
extension TLSHandler: ByteOutput {
    package var isWaiting: Bool { output?.isWaiting ?? false }

    /// Sends bytes as they are, to a client that speaks no TLS.
    package func writeUnencrypted(_ bytes: [UInt8]) { output?.write(bytes) }

    package func write(_ bytes: [UInt8]) {
        guard machine.canWrite, let context else { return }
        let step = bytes.withUnsafeBytes(connection.write)
        sendRecords()
        if step != .done { execute(machine.failed(), context) }
    }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
