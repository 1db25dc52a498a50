import COpenSSL

/// A TLS client of OpenSSL's that talks to memory: what it sends is taken and handed to it by the test.
final class MemoryClient {
    enum Version: CaseIterable, Sendable { case v1_2, v1_3 }

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer

    /// - Returns: nil when OpenSSL has no memory.
    init?(_ version: Version) {
        guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context),
            let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem())
        else { return nil }
        (self.context, self.ssl, self.input, self.output) = (context, ssl, input, output)
        _ = edge_context_set_minimum_version(context, TLS1_2_VERSION)
        if version == .v1_2 { SSL_set_options(ssl, UInt64(1) << 29) }  // SSL_OP_NO_TLSv1_3, a macro
        SSL_set_bio(ssl, input, output)
        SSL_set_connect_state(ssl)
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// Whether the handshake is done from here on.
    func advance() -> Bool { SSL_do_handshake(ssl) == 1 }

    func write(_ bytes: [UInt8]) { SSL_write(ssl, bytes, Int32(bytes.count)) }

    /// Takes new keys, and wants new ones of the server, or not (RFC 8446, section 4.6.3).
    func updateKeys(ofBoth: Bool = true) {
        SSL_key_update(ssl, ofBoth ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED)
        SSL_do_handshake(ssl)
    }

    func sayClose() { SSL_shutdown(ssl) }

    /// Everything that can be read now.
    func read() -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while case let count = SSL_read(ssl, &buffer, Int32(buffer.count)), count > 0 { all += buffer[..<Int(count)] }
        return all
    }

    /// Whether the server has said close_notify.
    var wasToldClose: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    var version: Int32 { SSL_version(ssl) }

    /// Takes what it wants to send.
    func take() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(edge_bio_pending(output)))
        let count = BIO_read(output, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(max(0, Int(count))))
    }

    func feed(_ bytes: [UInt8]) { BIO_write(input, bytes, Int32(bytes.count)) }
}
