internal import EdgeCore
internal import EdgeTLS
internal import NIOCore

/// The way of answers to one client. Those of one turn are gathered, since answers to pipelined requests go out together.
/// Confined to the connection's event loop.
final class HTTP1Output {
    /// How many bytes are gathered before they are sent, should requests come faster than they are taken.
    private static let limit = 16 * 1024

    private let services: LoopServices
    private let output: any ByteOutput
    /// Nobody else's: while one connection has its turn another can get an answer, too.
    private var answers: [UInt8] = []

    /// - Parameters:
    ///   - tls: what encrypts; nil in clear text.
    ///   - sent: called when all that waited has been sent.
    init(_ context: ChannelHandlerContext, _ services: LoopServices, tls: TLSHandler?, sent: @escaping () -> Void) {
        self.services = services
        output = tls ?? SocketOutput(context: context)
        output.sent = sent
    }

    /// Whether something waits until the socket takes it.
    var isWaiting: Bool { output.isWaiting }
    var isFull: Bool { answers.count >= Self.limit }

    /// Writes an answer.
    ///
    /// - Returns: how many bytes it has.
    func write(_ answer: Answer, of exchange: Exchange, close: Bool, time: WallTime) -> Int {
        borrowMemory()
        return services.responses.append(
            answer, requestID: exchange.requestID, origin: exchange.origin, omitsBody: exchange.isHead, close: close,
            time: time, to: &answers)
    }

    func writeContinue() {
        borrowMemory()
        answers.append(ResponseWriter.continue)
    }

    private func borrowMemory() {
        if answers.isEmpty { swap(&answers, &services.spareAnswers) }
    }

    /// Sends what has been written.
    func flush() {
        guard !answers.isEmpty else { return }
        // Taken out first: writing can begin another turn.
        var written: [UInt8] = []
        swap(&written, &answers)
        output.write(written)
        written.removeAll(keepingCapacity: written.capacity <= 2 * Self.limit)
        services.spareAnswers = written
    }
}

@available(*, unavailable)
extension HTTP1Output: Sendable {}
