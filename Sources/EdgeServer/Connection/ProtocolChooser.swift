internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import EdgeTLS
internal import NIOCore

/// Waits until it is known what a client speaks, gives the channel the handlers for it, and leaves: by ALPN where there
/// is TLS, else by the first bytes, which in HTTP/2 are always the same (RFC 9113, sections 3.3 and 3.4). Confined to its
/// channel's event loop.
final class ProtocolChooser: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    enum Evidence { case handshake, preface }

    private enum State { case undecided, choosing, chosen }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let connection: ClientConnection
    private let evidence: Evidence
    private var state = State.undecided
    private var context: ChannelHandlerContext?
    /// What has come before it was known what it is: less than a preface.
    private var begun = ByteBuffer()

    init(_ connection: ClientConnection, by evidence: Evidence) {
        (self.connection, self.evidence) = (connection, evidence)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        connection.opened(context.channel)
        connection.speaker = self
        connection.deadline.action = { [weak self] in self?.waitEnded($0) }
        let connections = connection.services.snapshot.settings.connections
        setDeadline(evidence == .handshake ? connections.headerTimeout : connections.idleTimeout)
        context.fireChannelActive()
        guard !connection.isAdmitted else { return }
        switch evidence {
        // A handshake costs more than the connection is worth to be told why.
        case .handshake: refuse(context)
        case .preface: choose(.http1_1)
        }
    }

    private func setDeadline(_ span: Instant.Span) {
        let now = Instant.now
        connection.deadline.set(NIODeadline(now.advanced(by: span)), since: now)
    }

    /// Closes without a word, but for the log.
    private func refuse(_ context: ChannelHandlerContext) {
        Exchange(head: .unreadable, connection).unanswerable(.tooManyConnections)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.closed()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let handshake as TLSHandshake:
            connection.handshake = handshake
            choose(handshake.applicationProtocol ?? .http1_1)
        case is TLSHandshakeRefused: refuse(context)
        case is TLSMissing: askForTLS()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // More can come while the handlers are made, and while they get the first bytes: NIO reads a socket to its end as
        // soon as it cannot be written to.
        guard state != .chosen else { return context.fireChannelRead(data) }
        let isFirst = begun.readableBytes == 0
        let buffer = unwrapInboundIn(data)
        begun.writeImmutableBuffer(buffer)
        buffer.withUnsafeReadableBytes(Erasure.erase)
        guard state == .undecided else { return }
        let view = begun.readableBytesView
        if view.starts(with: Self.preface) {
            choose(.http2)
        } else if !Self.preface.starts(with: view) {
            choose(.http1_1)
        } else if isFirst {
            setDeadline(connection.services.snapshot.settings.connections.headerTimeout)
        }
    }

    /// Tells a client in its own language that this is not how it is done here.
    private func askForTLS() {
        let exchange = Exchange(head: .unreadable, connection)
        let answer = Answer(.clearText)
        let now = Instant.now
        var bytes: [UInt8] = []
        let size = connection.services.responses.append(
            answer, requestID: exchange.requestID, origin: exchange.origin, omitsBody: false, close: true,
            time: exchange.wallTime(at: now), to: &bytes)
        connection.tls?.writeUnencrypted(bytes)
        exchange.answered(answer, bytesOut: size, at: now)
    }

    /// A handshake takes too long, or the client does not say what it speaks. One that has begun to is told so as a client
    /// of HTTP/1.1 is, but if somebody else wants the place, that gets it at once.
    private func waitEnded(_ ending: LazyDeadline.Ending) {
        guard let context else { return }
        if ending == .cutShort, let tls = connection.tls, tls.isInHandshake {
            tls.giveWay()
        } else if begun.readableBytes == 0 {
            context.close(promise: nil)
        } else if ending == .cutShort {
            refuse(context)
        } else {
            choose(.http1_1)
        }
    }

    private func choose(_ spoken: ApplicationProtocol) {
        guard let context, state == .undecided else { return }
        state = .choosing
        do {
            try Pipeline.speak(spoken, connection, behind: self, in: context)
        } catch {
            return context.close(promise: nil)
        }
        state = .chosen
        if begun.readableBytes > 0 {
            context.fireChannelRead(NIOAny(begun))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

extension ProtocolChooser: ClientSpeaker {
    func drain() { context?.close(promise: nil) }
    func abort() { context?.close(promise: nil) }
}

@available(*, unavailable)
extension ProtocolChooser: Sendable {}
