import COpenSSL

/// A TLS client of OpenSSL's that talks to memory: what it sends is taken and handed to it by the test.
package final class MemoryClient {
    /// The newest that it speaks; 1.2 is always spoken.
    package enum Version: CaseIterable, Sendable { case v1_2, v1_3 }

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer

    /// - Parameters:
    ///   - protocols: the list of ALPN, as it is on the wire.
    ///   - name: of the server, as it is told to it.
    ///   - other: a client whose session it wants to go on with.
    /// - Returns: nil when OpenSSL has no memory.
    package init?(
        _ version: Version, protocols: [UInt8] = [], name: String? = nil, resuming other: MemoryClient? = nil
    ) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context),
            let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem())
        else { return nil }
        (self.context, self.ssl, self.input, self.output) = (context, ssl, input, output)
        _ = edge_context_set_minimum_version(context, TLS1_2_VERSION)
        if version == .v1_2 { SSL_set_options(ssl, UInt64(1) << 29) }  // SSL_OP_NO_TLSv1_3, a macro
        if !protocols.isEmpty { SSL_set_alpn_protos(ssl, protocols, UInt32(protocols.count)) }
        // SSL_set_tlsext_host_name, a macro.
        if var name = name.map({ Array($0.utf8CString) }) { SSL_ctrl(ssl, 55, 0, &name) }
        if let session = other.flatMap({ SSL_get1_session($0.ssl) }) {
            SSL_set_session(ssl, session)
            SSL_SESSION_free(session)
        }
        SSL_set_bio(ssl, input, output)
        SSL_set_connect_state(ssl)
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    // MARK: The connection

    /// - Returns: whether the handshake is done from here on.
    @discardableResult
    package func advance() -> Bool {
        ERR_clear_error()
        return SSL_do_handshake(ssl) == 1
    }

    /// Whether it goes on with the session that it wanted to.
    package var hasResumed: Bool { SSL_session_reused(ssl) == 1 }

    package var isDone: Bool { SSL_is_init_finished(ssl) == 1 }

    /// - Returns: whether it was encrypted.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        ERR_clear_error()
        return SSL_write(ssl, bytes, Int32(bytes.count)) > 0
    }

    /// Takes new keys, and wants new ones of the server, or not (RFC 8446, section 4.6.3).
    package func updateKeys(ofBoth: Bool = true) {
        ERR_clear_error()
        SSL_key_update(ssl, ofBoth ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED)
        SSL_do_handshake(ssl)
    }

    package func sayClose() { SSL_shutdown(ssl) }

    /// Everything that can be read now.
    package func read() -> [UInt8] {
        ERR_clear_error()
        var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 16 * 1024))
        while case let count = SSL_read(ssl, &buffer, Int32(buffer.count)), count > 0 { all += buffer[..<Int(count)] }
        return all
    }

    /// Whether the server has said close_notify.
    package var wasToldClose: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    package var version: Int32 { SSL_version(ssl) }

    // MARK: The wire

    /// Takes what it wants to send.
    package func take() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, Int(edge_bio_pending(output))))
        guard !bytes.isEmpty else { return [] }
        let count = BIO_read(output, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(max(0, Int(count))))
    }

    package func feed(_ bytes: [UInt8]) { if !bytes.isEmpty { BIO_write(input, bytes, Int32(bytes.count)) } }
}
