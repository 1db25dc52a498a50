/// A way out for bytes, which leave it in their order: a socket's, or TLS in front of one. Confined to an event loop.
package protocol ByteOutput: AnyObject {
    /// Whether something waits until the socket takes it.
    var isWaiting: Bool { get }
    /// Called when all that waited has been sent.
    var sent: (() -> Void)? { get set }
    /// Sends bytes behind all that were written before.
    func write(_ bytes: [UInt8])
}
