import EdgeCore
import EdgeTestSupport
import NIOCore
import NIOEmbedded

@testable import EdgeTLS

/// The edge's side of TLS without a socket: what comes out of it is taken by the test, and what was decrypted as well.
final class MemoryServer {
    private final class Output: ByteOutput {
        var isWaiting: Bool { false }
        var sent: (() -> Void)?
        var bytes: [UInt8] = []
        func write(_ bytes: [UInt8]) { self.bytes += bytes }
    }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var received: [UInt8] = []
        var handshake: TLSHandshake?
        var wasRefused = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            handshake = event as? TLSHandshake ?? handshake
            wasRefused = wasRefused || event is TLSHandshakeRefused
        }
    }

    private let channel = EmbeddedChannel()
    private let output = Output()
    private let recorder = Recorder()
    let handler: TLSHandler

    /// - Parameters:
    ///   - memory: what it shares with other connections of its loop.
    ///   - client: the last part of the client's address; nil for one that is not told apart by address.
    init(
        _ contexts: TLSContexts, memory: TLSMemory = TLSMemory(),
        handshakes: HandshakePlaces = HandshakePlaces(maximum: 10), client: UInt32? = 1
    ) throws {
        let output = output
        guard
            let handler = TLSHandler(contexts, memory: memory, handshakes: handshakes, makeOutput: { _ in output })
        else { throw Overdue("no memory for TLS") }
        self.handler = handler
        handler.client = client.map { IPAddress(v4: 0xC000_0200 + $0) }
        try channel.pipeline.syncOperations.addHandlers(handler, recorder)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 443)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    var isOpen: Bool { channel.isActive }
    var received: [UInt8] { recorder.received }
    var handshake: TLSHandshake? { recorder.handshake }
    var wasRefused: Bool { recorder.wasRefused }

    /// Hands over what a client has sent, in pieces of `size` bytes.
    func feed(_ bytes: [UInt8], inPiecesOf size: Int) throws {
        var rest = bytes[...]
        while !rest.isEmpty, isOpen {
            try channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
    }

    /// Carries bytes both ways until neither side has any.
    func exchange(with client: MemoryClient, size: Int = .max) throws {
        while true {
            _ = client.advance()
            let (sent, answered) = (client.take(), take())
            if sent.isEmpty, answered.isEmpty { return }
            client.feed(answered)
            try feed(sent, inPiecesOf: size)
        }
    }

    func take() -> [UInt8] {
        defer { output.bytes = [] }
        return output.bytes
    }

    /// As handlers of HTTP/2 write: several times, then once to be sent.
    func write(pieces: [[UInt8]]) {
        for piece in pieces { channel.write(ByteBuffer(bytes: piece), promise: nil) }
        channel.flush()
    }
}

extension TLSContexts {
    /// With a certificate that is thrown away.
    static func thrownAway(tickets: TicketKeys = TicketKeys()) throws -> TLSContexts {
        let folder = try TemporaryFolder()
        let made = try ThrowAwayCertificate()
        let files = TLSSettings.CertificateFiles(
            certificate: try folder.write("made.pem", made.certificate),
            privateKey: try folder.write("made.key", made.privateKey))
        return try TLSContexts([CertificatePair(files)], minimumVersion: .v1_2, tickets: tickets)
    }
}
