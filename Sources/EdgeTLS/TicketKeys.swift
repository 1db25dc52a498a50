internal import COpenSSL
internal import EdgeCore
private import EdgeSystem
internal import Glibc
private import Synchronization

/// The keys under which clients keep their own sessions (tickets, RFC 8446, section 4.6.1), shared by all contexts. They
/// change by themselves: what one key has signed is good for twice its time, and a key that is stolen opens no more.
/// Any thread.
final class TicketKeys: Sendable {
    /// One key: a name that goes with each ticket, and what encrypts and signs it.
    private struct Key {
        static let size = 16 + 32 + 32

        let bytes: [UInt8]
        let made: Instant

        var name: ArraySlice<UInt8> { bytes[..<16] }
    }

    /// Looked up once: by its name it would be each time (EVP_CIPHER_fetch(3)). Never changed.
    private nonisolated(unsafe) static let algorithm = EVP_CIPHER_fetch(nil, "AES-256-CBC", nil)

    /// How long a key makes new tickets; then it opens old ones for as long again.
    static let lifetime = Instant.Span.seconds(12 * 3600)

    /// The newest first; at most two.
    private let keys = Mutex<[Key]>([])
    private let now: @Sendable () -> Instant

    /// - Parameter now: a clock that goes on while the machine sleeps.
    init(now: @escaping @Sendable () -> Instant = { .nowWithSleep }) { self.now = now }

    /// What a callback of OpenSSL's returns.
    enum Result: Int32 {
        case failed = -1
        /// A full handshake follows.
        case unknown = 0
        case good = 1
        /// Good, and the client should get a new ticket.
        case old = 2
    }

    /// Arms a new ticket with the newest key and writes the key's name.
    func seal(
        name: UnsafeMutablePointer<UInt8>, iv: UnsafeMutablePointer<UInt8>, _ cipher: OpaquePointer,
        _ mac: OpaquePointer
    ) -> Result {
        guard RAND_bytes(iv, EVP_MAX_IV_LENGTH) == 1, let key = newest() else { return .failed }
        for (index, byte) in key.name.enumerated() { name[index] = byte }
        return arm(key, iv, cipher, mac, encrypts: true) ? .good : .failed
    }

    /// Finds the key of a ticket that came back.
    func open(
        name: UnsafePointer<UInt8>, iv: UnsafeMutablePointer<UInt8>, _ cipher: OpaquePointer, _ mac: OpaquePointer
    ) -> Result {
        let current = newest()
        let name = UnsafeBufferPointer(start: name, count: 16)
        guard let key = keys.withLock({ $0.first { $0.name.elementsEqual(name) } }) else { return .unknown }
        guard arm(key, iv, cipher, mac, encrypts: false) else { return .failed }
        return key.name == current?.name ? .good : .old
    }

    private func arm(
        _ key: Key, _ iv: UnsafeMutablePointer<UInt8>, _ cipher: OpaquePointer, _ mac: OpaquePointer, encrypts: Bool
    ) -> Bool {
        key.bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return edge_ticket_arm(Self.algorithm, cipher, mac, start + 16, start + 48, iv, encrypts ? 1 : 0) == 1
        }
    }

    /// The key for new tickets; nil when the system has no random bytes.
    private func newest() -> Key? {
        let now = now()
        return keys.withLock { keys in
            keys.removeAll { $0.made.advanced(by: Self.lifetime).advanced(by: Self.lifetime) <= now }
            if let newest = keys.first, newest.made.advanced(by: Self.lifetime) > now { return newest }
            var bytes = [UInt8](repeating: 0, count: Key.size)
            guard RAND_bytes(&bytes, Int32(Key.size)) == 1 else { return keys.first }
            keys.insert(Key(bytes: bytes, made: now), at: 0)
            keys = Array(keys.prefix(2))
            return keys.first
        }
    }
}
