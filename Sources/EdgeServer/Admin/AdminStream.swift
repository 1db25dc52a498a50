/// An answer of the admin listener's that stays open, as server-sent events do. Confined to the admin loop.
final class AdminStream {
    private weak var handler: AdminHandler?
    /// Called once, when nobody reads any more.
    var ended: (() -> Void)?

    init(_ handler: AdminHandler) { self.handler = handler }

    /// Whether the reader is there and has taken what it was sent.
    var isWritable: Bool { handler?.isWritable ?? false }

    /// Sends bytes to a reader that keeps up.
    ///
    /// - Returns: false for one that has gone or does not take what it was sent before; then nothing is sent, and nothing
    ///   is kept for later.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool { handler?.writePart(bytes) ?? false }

    /// Ends the answer.
    func close() { handler?.endStream() }

    func noticeEnd() {
        handler = nil
        ended.take()?()
    }
}

@available(*, unavailable)
extension AdminStream: Sendable {}
