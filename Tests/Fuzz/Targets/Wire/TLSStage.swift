import EdgeCore
import Foundation
import NIOCore
import NIOEmbedded

@testable import EdgeTLS

/// The edge's side of TLS without a socket, and what its handlers behind hear.
final class TLSStage {
    /// Made once: a key is made for it.
    private static let contexts: TLSContexts? = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plunk-edge-fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let made = try? ThrowAwayCertificate() else { return nil }
        let files = TLSSettings.CertificateFiles(
            certificate: folder.appendingPathComponent("made.pem").path,
            privateKey: folder.appendingPathComponent("made.key").path)
        try? Data(made.certificate).write(to: URL(fileURLWithPath: files.certificate))
        try? Data(made.privateKey).write(to: URL(fileURLWithPath: files.privateKey))
        return try? TLSContexts([CertificatePair(files)], minimumVersion: .v1_2, tickets: TicketKeys())
    }()

    private final class Output: ByteOutput {
        var isWaiting: Bool { false }
        var sent: (() -> Void)?
        var bytes: [UInt8] = []
        func write(_ bytes: [UInt8]) { self.bytes += bytes }
    }

    private final class Closes: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var count = 0
        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            count += 1
            context.close(mode: mode, promise: promise)
        }
    }

    /// Stands for whoever speaks behind TLS.
    private final class Behind: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var received: [UInt8] = []
        var handshakes = 0
        var early = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytesView
            if handshakes == 0 { early += bytes.count }
            received += bytes
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is TLSHandshake { handshakes += 1 }
        }
    }

    private let channel = EmbeddedChannel()
    private let (output, closes, behind) = (Output(), Closes(), Behind())
    private let memory = TLSMemory()
    private let places = HandshakePlaces(maximum: 1)
    private let handler: TLSHandler
    /// Everything that went to the client.
    private(set) var sent: [UInt8] = []
    private(set) var written = 0
    /// How many bytes the client has sent.
    private(set) var fed = 0

    /// - Returns: nil when memory has run out.
    init?() {
        let output = output
        guard let contexts = Self.contexts,
            let handler = TLSHandler(
                contexts, memory: memory, handshakes: places, makeOutput: { _ in output }),
            let address = try? SocketAddress(ipAddress: "127.0.0.1", port: 443)
        else { return nil }
        self.handler = handler
        try? channel.pipeline.syncOperations.addHandlers(closes, handler, behind)
        channel.connect(to: address, promise: nil)
    }

    var isOpen: Bool { channel.isActive }
    var received: [UInt8] { behind.received }
    var handshakes: Int { behind.handshakes }
    /// Bytes that came through before a handshake was done.
    var early: Int { behind.early }
    var closeCount: Int { closes.count }
    /// Whether something of this connection is left where the next one would find it.
    var leavesTraces: Bool { !memory.records.isEmpty }

    func feed(_ bytes: [UInt8]) {
        guard isOpen, !bytes.isEmpty else { return }
        fed += bytes.count
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    func write(_ bytes: [UInt8]) {
        written += bytes.count
        handler.write(bytes)
    }

    func endOutput() { channel.close(mode: .output, promise: nil) }

    func take() -> [UInt8] {
        defer { output.bytes = [] }
        sent += output.bytes
        return output.bytes
    }

    /// - Returns: whether the place of a handshake is free again.
    func end() -> Bool {
        _ = take()
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return places.count == 0
    }
}
