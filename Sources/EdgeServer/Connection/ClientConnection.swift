internal import EdgeCore
internal import EdgeRecords
internal import EdgeTLS
internal import NIOCore

/// One connection of a client, whatever is spoken on it: who is at its other end, what TLS has agreed upon, and its place
/// among those that may be open. Confined to its channel's event loop.
final class ClientConnection {
    /// How long an unwanted body is waited for, and a client that has to close or to read that the connection ends.
    static let lingerTimeout = Instant.Span.seconds(2)

    let services: LoopServices
    /// Where it came in.
    let listener: ListenerState
    /// Nil for a Unix domain socket.
    private(set) var peer: IPAddress?
    /// Whether there is a place for it. One that has none is told so and closed.
    private(set) var isAdmitted = false
    /// What TLS has agreed upon; nil in clear text.
    var handshake: TLSHandshake?
    /// What encrypts; nil in clear text.
    let tls: TLSHandler?
    /// Whoever speaks sets it.
    let deadline: LazyDeadline
    /// Who speaks with the client now; told when the process goes away.
    weak var speaker: (any ClientSpeaker)?
    /// How many bytes requests take here that have not come whole, and answers that are not taken.
    private(set) var heldMemory = 0
    /// For whom it counts; nil for trusted proxies and local sockets, whose clients count by themselves.
    private(set) var counted: IPAddress?
    /// Set once it is known what is spoken.
    private var kind: ConnectionKind?
    private var isClosed = false

    init(services: LoopServices, listener: ListenerState, tls: TLSHandler?) {
        (self.services, self.listener, self.tls) = (services, listener, tls)
        deadline = LazyDeadline(eventLoop: services.eventLoop)
    }

    /// To be called when the channel has become active.
    func opened(_ channel: any Channel) {
        peer = channel.remoteAddress.flatMap(IPAddress.init)
        counted = peer.flatMap { services.snapshot.settings.trustedProxies.contains($0) ? nil : $0.ofClient }
        tls?.client = counted
        var verdict = services.shared.admission.admit(counted)
        if verdict == .full {
            services.makeRoom()
            verdict = services.shared.admission.admit(counted)
        }
        isAdmitted = verdict == .admitted
        services.opened(self)
    }

    /// To be called when a protocol begins to be spoken.
    func speaks(_ spoken: ApplicationProtocol) {
        guard isAdmitted, kind == nil else { return }
        let kind = ConnectionKind(isHTTP2: spoken == .http2, tls: handshake.map { "\($0.version)" })
        self.kind = kind
        services.metrics.connectionOpened(kind)
    }

    /// Whether it was made for the host that a request is for: clients of HTTP/2 use one connection for all names of its
    /// certificate, and may be wrong about them.
    func serves(_ head: RequestHead) -> Bool {
        guard let handshake, let host = head.value(of: .host) else { return true }
        return handshake.serves(host)
    }

    /// To be called when requests that have not come whole, and answers that are not taken, take so many bytes. Some, here or
    /// elsewhere, may be given up.
    func holds(_ heldMemory: Int) {
        let change = heldMemory - self.heldMemory
        guard change != 0, !isClosed else { return }
        self.heldMemory = heldMemory
        services.heldMemoryChanged(by: change)
    }

    /// To be called when the channel is no longer active, by each handler that hears of it.
    func closed() {
        guard !isClosed else { return }
        holds(0)
        isClosed = true
        deadline.invalidate()
        if isAdmitted { services.shared.admission.leave(counted) }
        services.closed(self)
        if let kind { services.metrics.connectionClosed(kind) }
    }
}

/// What speaks a protocol with a client: a channel handler.
protocol ClientSpeaker: AnyObject {
    /// The process or the listener is going away: answers what is under way, then closes.
    func drain()

    /// Closes whatever is under way, which is recorded at once: the log ends with the loop.
    func abort()

    /// Adds the requests that have not come whole, and those whose answers are not taken.
    func addHoldings(to holdings: inout [HeldMemory.Holding<any MemoryHolder>])

    /// The loop has another configuration: tells the client what it has to know of it.
    func settingsChanged()
}

extension ClientSpeaker {
    func addHoldings(to holdings: inout [HeldMemory.Holding<any MemoryHolder>]) {}
    func settingsChanged() {}
}

@available(*, unavailable)
extension ClientConnection: Sendable {}
