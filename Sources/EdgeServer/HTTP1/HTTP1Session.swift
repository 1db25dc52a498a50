internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import NIOCore
internal import Synchronization

/// The requests of one client over HTTP/1.1, one after the other: makes requests of what has come, asks the machine,
/// executes what it says. When bytes are looked at, and how long anything may take, is ``HTTP1Handler``'s. Confined to the
/// connection's event loop.
final class HTTP1Session {
    /// What is to become of the connection behind what has been written.
    enum End {
        /// Our side is shut.
        case output
        case connection
    }

    private let connection: ClientConnection
    private let services: LoopServices
    private(set) var machine = HTTP1StateMachine()
    private(set) var input = HTTP1Input()
    private(set) var exchange: Exchange?
    /// Set as long as there is a channel.
    var output: HTTP1Output?
    /// Called when Plunk's answer has been written, and what waits can be looked at.
    var continued: (() -> Void)?
    var end: End?
    /// When the last answer was given, if that is new to the deadline.
    var answeredAt: Instant?

    init(_ connection: ClientConnection) { (self.connection, services) = (connection, connection.services) }

    /// What is done now, as far as a deadline bounds it.
    var phase: HTTP1StateMachine.Phase { machine.phase(isInsideRequest: input.isInsideRequest) }

    // MARK: What comes

    func append(_ bytes: ByteBuffer) { input.append(bytes) }

    /// Takes one step; false when there is nothing to go on with.
    func advance() -> Bool {
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
            fail(.unreadable(failure), size: used)
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
                self.continued?()
            }
        }
    }

    private func isLast(_ answer: Answer) -> Bool {
        answer.closesConnection || services.shared.isDraining.load(ordering: .relaxed) || connection.listener.isRemoved
    }

    // MARK: What else happens

    /// What has come is no request, or not in time.
    ///
    /// - Parameters:
    ///   - began: when its first byte came, if that is a while ago.
    ///   - size: of what has come instead of a head.
    func fail(_ refusal: Refusal, since began: Instant? = nil, size: Int = 0) {
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

    /// What was waited for in `phase`, since `began`, has not come in time.
    ///
    /// - Parameter isCutShort: whether another client needs the place.
    func waitEnded(_ phase: HTTP1StateMachine.Phase, since began: Instant, isCutShort: Bool) {
        switch phase {
        case .header:
            fail(isCutShort ? .tooManyConnections : .headerTimeout, since: began, size: input.count)
            if isCutShort { end = .connection }
        case .body: fail(.bodyTimeout)
        // There is nobody to answer.
        case .idle, .linger, .none: execute(machine.deadlinePassed())
        }
    }

    /// The memory of what has come in `phase`, since `began`, is needed for other clients.
    func makeRoom(_ phase: HTTP1StateMachine.Phase, since began: Instant) {
        if phase == .header {
            fail(.requestMakesRoom, since: began, size: input.count)
        } else {
            fail(.requestMakesRoom)
        }
    }

    func drain() {
        execute(
            machine.drain(
                hasInput: input.isInsideRequest || !input.isEmpty, hasOutput: output?.isWaiting == true))
    }

    /// The client does not wait for its answer any more.
    func clientGone() {
        exchange?.clientGone()
        exchange = nil
    }

    /// The socket is gone.
    func closed() {
        machine.connectionClosed()
        clientGone()
        input.erase()
    }

    // MARK: Actions

    private func execute(_ action: HTTP1StateMachine.Action) {
        switch action {
        case .none, .sendAnswer: return
        case .sendContinue: output?.writeContinue()
        case .endOutput: end = .output
        case .close: end = .connection
        }
    }

    /// Writes an answer if the machine has a place for it, and ends the exchange.
    private func send(_ answer: Answer, _ action: HTTP1StateMachine.Action) {
        guard case .sendAnswer(let close) = action, let exchange else { return execute(action) }
        let now = Instant.now
        let size = output?.write(answer, of: exchange, close: close, time: exchange.wallTime(at: now)) ?? 0
        exchange.answered(answer, bytesOut: size, at: now)
        self.exchange = nil
        answeredAt = now
        if close { end = .output }
    }

    // MARK: Memory

    /// What is held for the client, in bytes. While a request is with Plunk its end is bounded by others' deadlines.
    var memory: Int {
        if case .exchanging = machine.state { return 0 }
        // Whose head it is that a proxy has begun to send shows when it has come.
        guard exchange != nil || connection.counted != nil else { return 0 }
        return input.memory + (exchange?.memory ?? 0)
    }

    /// For whom that counts.
    var client: IPAddress? { exchange.map(\.client) ?? connection.counted }
}

@available(*, unavailable)
extension HTTP1Session: Sendable {}
