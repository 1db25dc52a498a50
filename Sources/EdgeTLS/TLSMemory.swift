/// Memory in which all TLS connections of one event loop take turns, so that idle ones hold none. What stands in it is
/// used up before anything else is called that could have a turn.
package final class TLSMemory {
    /// The largest record (RFC 8446, section 5.1): OpenSSL gives back one at a time.
    static let recordSize = 16 * 1024

    /// What OpenSSL has made for the socket: records, alerts, tickets.
    var records: [UInt8] = []
    /// What a client has sent, decrypted.
    let received = UnsafeMutableRawBufferPointer.allocate(byteCount: recordSize, alignment: 16)
    /// Lent to the connection that gathers what it will encrypt.
    var spare: [UInt8] = []

    package init() {}

    deinit { received.deallocate() }

    /// Hands out what is in ``records`` and keeps its memory for the next.
    func takeRecords(_ use: ([UInt8]) -> Void) {
        guard !records.isEmpty else { return }
        var taken: [UInt8] = []
        swap(&taken, &records)
        use(taken)
        taken.removeAll(keepingCapacity: taken.capacity <= 64 * 1024)
        if records.isEmpty { records = taken }
    }
}

@available(*, unavailable)
extension TLSMemory: Sendable {}
