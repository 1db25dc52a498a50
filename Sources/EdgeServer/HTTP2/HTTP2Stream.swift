internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// One request of an HTTP/2 connection: its body as far as it has come, and its exchange. Asks its machine and executes
/// what it says; its frames go through ``HTTP2Handler``. Confined to the connection's event loop.
final class HTTP2Stream {
    private let id: HTTP2StreamID
    private unowned let handler: HTTP2Handler
    private var machine: HTTP2StreamMachine
    /// Nil once it has been answered.
    private var exchange: Exchange?
    private var body: [UInt8] = []
    /// Why it is no request, for all that its head and its body are right.
    private var failure: RequestFailure?
    /// What the answer takes until the client has taken it.
    private var answerMemory = 0
    private(set) var phaseBegan = Instant.now
    /// For whom it counts.
    private let client: IPAddress?

    /// The one that the request began with.
    private let snapshot: Snapshot

    /// - Parameters:
    ///   - size: of the head, as far as it was read.
    ///   - isEnded: whether the request has no body.
    init(_ id: HTTP2StreamID, of handler: HTTP2Handler, head: RequestHead, size: Int, isEnded: Bool) {
        (self.id, self.handler) = (id, handler)
        var announced: Int?
        if case .length(let length) = head.framing { announced = length }
        let exchange = Exchange(head: head, handler.connection)
        exchange.bytesIn = size
        (self.exchange, snapshot) = (exchange, exchange.snapshot)
        client = exchange.client
        machine = HTTP2StreamMachine(
            isInputEnded: isEnded, announced: announced,
            maximumSize: snapshot.settings.policy.body.maximumSize, isShared: handler.connection.counted == nil)
    }

    /// Judges the head.
    ///
    /// - Parameter refusal: why it is none, if it is none.
    func begin(refusal: Refusal?) {
        guard let exchange else { return }
        if let answer = refusal.map(Answer.init) ?? exchange.judgeHead() { return send(answer) }
        if exchange.expectsContinue, !machine.isInputEnded { handler.output?.writeContinue(to: id) }
        execute(machine.headPassed())
    }

    /// A part of the body has come.
    func received(_ bytes: ByteBuffer, isLast: Bool) {
        exchange?.bytesIn += bytes.readableBytes
        if machine.state == .receiving { body.append(contentsOf: bytes.readableBytesView) }
        received(bytes.readableBytes, isLast: isLast)
    }

    /// Trailers have come. What they say is dropped, but malformed ones make the request malformed (RFC 9113, section
    /// 8.1.1).
    func received(trailers: HPACKHeaders, isLast: Bool) {
        if machine.state == .receiving {
            let (size, failure) = FieldListReader.read(trailers: trailers, limits: snapshot.settings.connections)
            exchange?.bytesIn += size
            self.failure = failure
        }
        received(0, isLast: isLast)
    }

    private func received(_ count: Int, isLast: Bool) {
        let before = machine.phase
        execute(machine.received(count, isLast: isLast))
        if machine.phase != before { phaseBegan = Instant.now }
    }

    /// Nothing more is sent or comes on this stream.
    func closed() {
        machine.closed()
        eraseBody()
        exchange?.clientGone()
        exchange = nil
    }

    var isAnswered: Bool { exchange == nil }

    // MARK: Deadlines

    /// When what is waited for has to have happened.
    var deadline: Instant? {
        switch machine.phase {
        case .body: phaseBegan.advanced(by: snapshot.settings.connections.bodyTimeout)
        case .write, .reset: phaseBegan.advanced(by: snapshot.settings.connections.writeTimeout)
        case .linger: phaseBegan.advanced(by: ClientConnection.lingerTimeout)
        case .none: nil
        }
    }

    /// Since when the client has been waited for with nothing to gain: it does not take its answer, or sends a body that
    /// nobody wants.
    var waitingSince: Instant? {
        switch machine.phase {
        case .write, .linger, .reset: phaseBegan
        case .body, .none: nil
        }
    }

    func deadlinePassed() {
        if machine.phase == .body {
            send(Answer(.bodyTimeout))
        } else {
            execute(machine.deadlinePassed())
        }
    }

    // MARK: Actions

    private func execute(_ action: HTTP2StreamMachine.Action) {
        switch action {
        case .none, .sendAnswer: return
        case .judgeBody: judgeBody()
        case .refuseSize:
            send(Answer(.unreadable(.bodyTooLarge(maximum: snapshot.settings.policy.body.maximumSize))))
        case .refuseLength:
            send(Answer(.unreadable(.malformed("The body is not as long as content-length says."))))
        case .reset:
            // To a client that has its answer it is no error that the rest of its body is not wanted (RFC 9113, section
            // 8.1). The answer goes first: a reset would overtake its body, and that would be lost.
            handler.output?.flush()
            phaseBegan = Instant.now
            handler.output?.reset(id, machine.isInputEnded ? .cancel : .noError)
        case .endConnection: handler.abort()
        }
    }

    private func judgeBody() {
        guard let exchange else { return }
        if let failure { return send(Answer(.unreadable(failure))) }
        let whole = body
        body = []
        if let answer = exchange.judgeBody(whole) { return send(answer) }
        machine.forwarded()
        exchange.forward { answer in
            self.send(answer)
            self.handler.answeredLater()
        }
    }

    private func send(_ answer: Answer) {
        guard machine.answered() == .sendAnswer, let exchange else { return }
        // Writing can end the stream, which must not find an exchange without an answer.
        self.exchange = nil
        eraseBody()
        let now = Instant.now
        phaseBegan = now
        let size = handler.output?.write(answer, of: exchange, time: exchange.wallTime(at: now), to: id) ?? 0
        answerMemory = HeldMemory.answerOverhead + size
        exchange.answered(answer, bytesOut: size, at: now)
    }

    private func eraseBody() {
        Erasure.erase(body)
        body = []
    }
}

extension HTTP2Stream: MemoryHolder {
    /// What is held for the client, in bytes: the request until it has come whole, its answer until it has been taken.
    var memory: Int {
        switch machine.phase {
        case .body: (exchange?.memory ?? 0) + body.capacity
        case .linger, .write, .reset: answerMemory
        case .none: 0
        }
    }

    /// Alone, where the connection is not one client's.
    var holding: HeldMemory.Holding<any MemoryHolder> {
        .init(holder: self, client: client, size: memory, least: memory, since: phaseBegan)
    }

    func makeRoom(_: Int) {
        giveUp()
        handler.madeRoom()
    }

    /// Others need the memory.
    func giveUp() {
        guard memory > 0 else { return }
        switch machine.phase {
        case .body: send(Answer(.requestMakesRoom))
        // It has been, and the client does not take the word of it.
        case .reset: break
        case .linger, .write, .none: execute(machine.deadlinePassed())
        }
        // If the client does not even take that, nothing is free. Whether it does shows when what is being written at this
        // moment has been sent.
        if machine.phase == .reset { handler.soon { [self] in if machine.phase == .reset { $0.abort() } } }
    }
}

@available(*, unavailable)
extension HTTP2Stream: Sendable {}
