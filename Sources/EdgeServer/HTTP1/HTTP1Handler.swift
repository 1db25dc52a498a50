internal import EdgeCore
internal import EdgeRecords
internal import EdgeTLS
internal import NIOCore
internal import Synchronization

/// Speaks HTTP/1.1 with one client: reads what has come, asks the machine, executes what it says. Confined to its
/// channel's event loop.
final class HTTP1Handler: ChannelInboundHandler, ClientSpeaker {
    typealias InboundIn = ByteBuffer

    private let connection: ClientConnection
    private let services: LoopServices
    private var machine = HTTP1StateMachine()
    private(set) var input = HTTP1Input()
    private var pause = InputPause()
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?
    private var output: HTTP1Output?

    private var deadline: HTTP1Deadline?
    /// When the last answer was given, if that is new to the deadline.
    private var answeredAt: Instant?
    /// Whether the client takes what it is sent.
    private var isWritable = true
    private var isProcessing = false
    /// Whether nothing is read for now.
    private var isReadHeld = false
    private var endsOutput = false
    private var endsConnection = false

    init(_ connection: ClientConnection) { (self.connection, services) = (connection, connection.services) }

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
        (self.context, output) = (nil, nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        connection.opened(context.channel)
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        connection.speaker = self
        connection.speaks(.http1_1)
        output = HTTP1Output(context, services, tls: connection.tls) { [weak self] in self?.process() }
        if connection.isAdmitted {
            process()
        } else {
            refuseConnection(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What it had sent before it went still counts, as far as a turn reaches.
        if pause.end() { process() }
        machine.connectionClosed()
        deadline?.invalidate()
        exchange?.clientGone()
        exchange = nil
        input.erase()
        connection.closed()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        // Who has said its last is read to the end, whatever we ask; and it goes as soon as that is reached.
        guard !input.isOverfull(services.snapshot.settings.connections) else {
            bytes.withUnsafeReadableBytes(Erasure.erase)
            return context.close(promise: nil)
        }
        let count = bytes.readableBytes
        input.append(bytes)
        if pause.took(count) { endPauseSoon() }
        process()
        // Bytes are read even while an exchange runs, since that is how a client that goes away is noticed; but not
        // without bound.
        if !usesInput || pause.isOn, !isReadHeld, input.isFull { holdReading(true) }
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
        execute(machine.drain(isInsideRequest: input.isInsideRequest))
        process()
    }

    func abort() {
        exchange?.clientGone()
        exchange = nil
        context?.close(promise: nil)
    }

    // MARK: Requests

    /// Goes on as far as the bytes reach: every request that is whole is judged, and those that can be answered are.
    private func process() {
        guard !isProcessing, let context else { return }
        isProcessing = true
        let rest = max(0, input.count - InputPause.share)
        while usesInput, !pause.isOn, advance() {
            // Without a reader the channel stops being writable here, and the turn ends.
            if output?.isFull == true { output?.flush() }
            if input.count <= rest, rest > 0, pause.begin() { endPauseSoon() }
        }
        isProcessing = false
        output?.flush()
        if endsConnection {
            context.close(promise: nil)
        } else if endsOutput {
            endsOutput = false
            context.close(mode: .output, promise: nil)
        }
        let phase = machine.phase(isInsideRequest: input.isInsideRequest)
        // While anything waits to be sent it is the client's reading that is waited for, whatever comes behind.
        let isWaiting = !isWritable || output?.isWaiting == true
        deadline?.enter(isWaiting ? .write : .machine(phase), answered: answeredAt.take())
        connection.holds(memory)
        if isReadHeld, usesInput, !pause.isOn { holdReading(false) }
    }

    private func holdReading(_ isHeld: Bool) {
        isReadHeld = isHeld
        // A socket's channel takes this option always.
        try? context?.channel.syncOptions?.setOption(.autoRead, value: !isHeld)
    }

    /// Whether bytes that have come are looked at now: not while a request is being answered, nor while the client does
    /// not take its answers.
    private var usesInput: Bool { machine.wantsInput && isWritable }

    /// Takes one step; false when there is nothing to go on with.
    private func advance() -> Bool {
        guard machine.isReadingRequests else {
            execute(machine.discarded(input.discard()))
            return false
        }
        let (used, event) = input.next(services.snapshot)
        exchange?.bytesIn += used
        switch event {
        case .needsMore:
            if used > 0, exchange == nil { execute(machine.discarded(used)) }
            return false
        case .head(let head):
            headReceived(head, size: used)
        case .body(let body):
            bodyReceived(body)
        case .discarded:
            execute(machine.bodyDiscarded())
        case .failure(let failure):
            let snapshot = exchange?.snapshot ?? services.snapshot
            requestFailed(
                .unreadable(failure, maximumBodySize: snapshot.settings.policy.body.maximumSize), size: used)
        }
        return !input.isEmpty || input.isInsideRequest
    }

    private func headReceived(_ head: RequestHead, size: Int) {
        let exchange = Exchange(head: head, connection)
        exchange.bytesIn = size
        self.exchange = exchange
        if let answer = exchange.judgeHead() {
            input.discardBody()
            send(answer, machine.headAnswered(head, closes: isLast(answer)))
        } else {
            execute(machine.headPassed(head, bodyHasCome: !input.isEmpty))
        }
    }

    private func bodyReceived(_ body: [UInt8]) {
        guard let exchange else { return }
        if let answer = exchange.judgeBody(body) {
            send(answer, machine.answered(closes: isLast(answer)))
        } else {
            machine.bodyForwarded()
            exchange.forward { answer in
                self.send(answer, self.machine.answered(closes: self.isLast(answer)))
                self.process()
            }
        }
    }

    /// What has come is no request, or not in time.
    ///
    /// - Parameters:
    ///   - began: when its first byte came, if that is a while ago.
    ///   - size: of what has come instead of a head.
    private func requestFailed(_ refusal: Refusal, since began: Instant? = nil, size: Int = 0) {
        input.dropBody()
        let action = machine.requestFailed()
        // Inside the body of a request that has its answer there is nothing to answer, and nothing to record.
        guard case .sendAnswer = action else { return execute(action) }
        let exchange: Exchange
        if let judged = self.exchange {
            exchange = judged
        } else {
            exchange = Exchange(head: .unreadable, connection, began: began)
            exchange.bytesIn = size
            self.exchange = exchange
        }
        send(Answer(refusal), action)
    }

    private func isLast(_ answer: Answer) -> Bool {
        answer.closesConnection || services.shared.isDraining.load(ordering: .relaxed) || connection.listener.isRemoved
    }

    // MARK: Actions

    private func execute(_ action: HTTP1StateMachine.Action) {
        switch action {
        case .none, .sendAnswer: return
        case .sendContinue:
            output?.writeContinue()
        case .endOutput:
            endsOutput = true
        case .close:
            endsConnection = true
        }
    }

    /// Writes an answer if the machine has a place for it, and ends the exchange.
    private func send(_ answer: Answer, _ action: HTTP1StateMachine.Action) {
        guard case .sendAnswer(let close) = action, let exchange else { return execute(action) }
        let now = SystemClock.now
        let size = output?.write(answer, of: exchange, close: close, time: exchange.wallTime(at: now)) ?? 0
        exchange.answered(answer, bytesOut: size, at: now)
        self.exchange = nil
        (answeredAt, endsOutput) = (now, close)
    }

    /// Says why and closes: nothing is read from a connection that has no place.
    private func refuseConnection(_ context: ChannelHandlerContext) {
        requestFailed(.tooManyConnections)
        output?.flush()
        context.close(promise: nil)
    }

    // MARK: Deadlines

    private func waitEnded(_ ending: LazyDeadline.Ending) {
        guard let deadline else { return }
        switch deadline.phase {
        case .write:
            context?.close(promise: nil)
        case .machine(.header) where ending == .cutShort:
            requestFailed(.tooManyConnections, since: deadline.began, size: input.count)
            endsConnection = true
        case .machine(.header):
            requestFailed(
                .timeout(.headerTimeout, "The request's head did not come in time."), since: deadline.began,
                size: input.count)
        case .machine(.body):
            requestFailed(.timeout(.bodyTimeout, "The request's body did not come in time."))
        case .machine(.idle), .machine(.linger), .machine(.none):
            execute(machine.deadlinePassed())
        }
        process()
    }
}

extension HTTP1Handler: MemoryHolder {
    /// What is held for the client, in bytes. While a request is with Plunk its end is bounded by others' deadlines.
    private var memory: Int {
        if case .exchanging = machine.state { return 0 }
        // Whose head it is that a proxy has begun to send shows when it has come.
        guard exchange != nil || connection.counted != nil else { return 0 }
        return input.memory + (exchange?.memory ?? 0)
    }

    func addHoldings(to holdings: inout [HeldMemory.Holding<any MemoryHolder>]) {
        let memory = memory
        guard let deadline, memory > 0 else { return }
        let client = exchange.map(\.client) ?? connection.counted
        holdings.append(
            .init(holder: self, client: client, size: memory, least: memory, since: deadline.began))
    }

    func makeRoom(_: Int) {
        guard let deadline, memory > 0 else { return }
        switch deadline.phase {
        // It takes no answer.
        case .write: context?.close(promise: nil)
        case .machine(.header): requestFailed(.requestMakesRoom, since: deadline.began, size: input.count)
        case .machine: requestFailed(.requestMakesRoom)
        }
        process()
    }
}

@available(*, unavailable)
extension HTTP1Handler: Sendable {}
