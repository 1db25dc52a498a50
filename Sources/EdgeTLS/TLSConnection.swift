internal import COpenSSL
internal import EdgeCore
internal import NIOCore

/// Owns one server-side SSL of OpenSSL's and its end to the socket, a BIO over memory: it knows no socket. Confined to
/// one event loop.
final class TLSConnection {
    enum Step: Equatable {
        case done
        /// More bytes of the client's are needed.
        case incomplete
        case failed(TLSFailure)
    }

    enum Received: Equatable {
        /// At least 1, in ``TLSMemory/received``.
        case bytes(Int)
        case incomplete
        /// close_notify: the client will send no more.
        case ended
        case failed(TLSFailure)
    }

    private let ssl: OpaquePointer
    /// Callbacks of the context point into it.
    let contexts: TLSContexts
    private let memory: TLSMemory
    /// What the client has sent and OpenSSL not read yet.
    private var input = ByteBuffer()
    /// How often the client has taken new keys.
    private(set) var keyUpdates = 0

    /// - Returns: nil when memory has run out.
    init?(_ contexts: TLSContexts, memory: TLSMemory) {
        Self.clearErrors()
        guard let method = Self.method, let ssl = SSL_new(contexts.first.raw) else { return nil }
        guard let end = BIO_new(method) else {
            SSL_free(ssl)
            return nil
        }
        (self.ssl, self.contexts, self.memory) = (ssl, contexts, memory)
        BIO_set_data(end, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(end, 1)
        // The SSL owns it from here on: one reference, for both directions.
        SSL_set_bio(ssl, end, end)
        SSL_set_accept_state(ssl)
        countKeyUpdates()
    }

    deinit { SSL_free(ssl) }

    // MARK: The client's side

    /// Takes bytes that came from the socket.
    func feed(_ bytes: ByteBuffer) {
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.writeImmutableBuffer(bytes)
        }
    }

    /// Whether there is anything that ``read()`` could read on in.
    var hasMore: Bool { input.readableBytes > 0 || SSL_has_pending(ssl) == 1 }

    private func take(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = input.withUnsafeReadableBytes { bytes in
            let count = min(bytes.count, target.count)
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            return count
        }
        input.moveReaderIndex(forwardBy: count)
        // The memory of what has been read is not held by a connection that waits.
        if input.readableBytes == 0 { input = ByteBuffer() }
        return count
    }

    /// The BIO's functions (BIO_meth_new(3)). Never changed once it is made.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "plunk-edge") else { return nil }
        BIO_meth_set_read(method) { end, target, size in
            edge_bio_clear_retry(end)
            guard let data = BIO_get_data(end), let target, size > 0 else { return -1 }
            let count = Unmanaged<TLSConnection>.fromOpaque(data)._withUnsafeGuaranteedRef {
                $0.take(into: UnsafeMutableRawBufferPointer(start: target, count: Int(size)))
            }
            if count > 0 { return Int32(count) }
            edge_bio_retry_read(end)
            return -1
        }
        BIO_meth_set_write(method) { end, source, size in
            edge_bio_clear_retry(end)
            guard let data = BIO_get_data(end), let source, size > 0 else { return -1 }
            Unmanaged<TLSConnection>.fromOpaque(data)._withUnsafeGuaranteedRef {
                $0.memory.records.append(contentsOf: UnsafeRawBufferPointer(start: source, count: Int(size)))
            }
            return size
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    /// OpenSSL takes new keys as often as a client sends them, and says so nowhere else (SSL_set_msg_callback(3)).
    private func countKeyUpdates() {
        SSL_set_msg_callback(ssl) { isWritten, _, kind, message, size, ssl, _ in
            guard isWritten == 0, kind == SSL3_RT_HANDSHAKE, size > 0, let ssl,
                message?.load(as: UInt8.self) == UInt8(SSL3_MT_KEY_UPDATE), let data = BIO_get_data(SSL_get_rbio(ssl))
            else { return }
            Unmanaged<TLSConnection>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.keyUpdates &+= 1 }
        }
    }

    // MARK: The application's side

    // What each of these makes for the socket is in the memory's records.

    func handshake() -> Step {
        Self.clearErrors()
        let result = SSL_do_handshake(ssl)
        return result == 1 ? .done : step(result)
    }

    func read() -> Received {
        Self.clearErrors()
        let result = SSL_read(ssl, memory.received.baseAddress, Int32(clamping: memory.received.count))
        if result > 0 { return .bytes(Int(result)) }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .incomplete
        default: return .failed(.take())
        }
    }

    /// Encrypts all of `bytes`: there is room for it in memory, or there is none at all.
    func write(_ bytes: UnsafeRawBufferPointer) -> Step {
        var rest = bytes
        while !rest.isEmpty {
            Self.clearErrors()
            let result = SSL_write(ssl, rest.baseAddress, Int32(clamping: rest.count))
            guard result > 0 else { return step(result) }
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(result)...])
        }
        return .done
    }

    /// Makes close_notify.
    func sayClose() {
        Self.clearErrors()
        SSL_shutdown(ssl)
    }

    private func step(_ result: Int32) -> Step {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .incomplete
        default: .failed(.take())
        }
    }

    /// What an earlier call left in the thread's queue would be taken for the next one's (SSL_get_error(3)). Looking costs
    /// a tenth of clearing.
    private static func clearErrors() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    // MARK: What was agreed

    /// `TLSv1.3`.
    var version: StaticString {
        switch SSL_version(ssl) {
        case TLS1_3_VERSION: "TLSv1.3"
        case TLS1_2_VERSION: "TLSv1.2"
        default: "TLS"
        }
    }

    /// Whether the client came back with the ticket of an earlier connection.
    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// The name that the client asked for (SNI); nil if it named none.
    var serverName: String? {
        SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) }
    }

    var applicationProtocol: ApplicationProtocol? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        return ApplicationProtocol(UnsafeBufferPointer(start: name, count: Int(count)))
    }
}
