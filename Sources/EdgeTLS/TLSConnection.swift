internal import COpenSSL
internal import EdgeCore

/// Owns one server-side SSL of OpenSSL's and the memory through which its bytes come and go: it knows no socket.
/// Confined to one event loop.
final class TLSConnection {
    enum Step: Equatable {
        case done
        /// More bytes of the client's are needed.
        case incomplete
        case failed(TLSFailure)
    }

    enum Received: Equatable {
        /// At least 1.
        case bytes(Int)
        case incomplete
        /// close_notify: the client will send no more.
        case ended
        case failed(TLSFailure)
    }

    private let ssl: OpaquePointer
    /// What the client has sent and OpenSSL not read yet, and the other way. OpenSSL owns both.
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// Callbacks of the context point into it.
    let contexts: TLSContexts

    /// - Returns: nil when memory has run out.
    init?(_ contexts: TLSContexts) {
        ERR_clear_error()
        guard let ssl = SSL_new(contexts.first.raw) else { return nil }
        guard let input = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            return nil
        }
        guard let output = BIO_new(BIO_s_mem()) else {
            BIO_free(input)
            SSL_free(ssl)
            return nil
        }
        edge_bio_set_never_ends(input)
        edge_bio_set_never_ends(output)
        // From here on the SSL owns both.
        SSL_set_bio(ssl, input, output)
        SSL_set_accept_state(ssl)
        (self.ssl, self.input, self.output, self.contexts) = (ssl, input, output, contexts)
    }

    deinit { SSL_free(ssl) }

    // MARK: The client's side

    /// Takes bytes that came from the socket.
    func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = BIO_write(input, rest.baseAddress, Int32(clamping: rest.count))
            guard count > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        }
        return true
    }

    /// Bytes that have to go to the socket.
    var pendingOutput: Int { Int(edge_bio_pending(output)) }

    func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        max(0, Int(BIO_read(output, buffer.baseAddress, Int32(clamping: buffer.count))))
    }

    // MARK: The application's side

    func handshake() -> Step {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        return result == 1 ? .done : step(result)
    }

    /// - Parameter buffer: at least as large as a record, 16 KiB, or OpenSSL keeps the rest.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        ERR_clear_error()
        let result = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
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
            ERR_clear_error()
            let result = SSL_write(ssl, rest.baseAddress, Int32(clamping: rest.count))
            guard result > 0 else { return step(result) }
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(result)...])
        }
        return .done
    }

    /// Queues close_notify.
    func sayClose() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    private func step(_ result: Int32) -> Step {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .incomplete
        default: .failed(.take())
        }
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
