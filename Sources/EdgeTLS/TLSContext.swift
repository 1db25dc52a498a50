internal import COpenSSL
internal import EdgeCore

/// Owns one SSL_CTX: a certificate with its chain and key, perhaps one of another kind for the same names, and everything
/// that connections with it have in common.
///
/// `@unchecked Sendable`: after ``TLSContexts`` is made only OpenSSL touches it, which counts references and locks by
/// itself.
final class TLSContext: @unchecked Sendable {
    /// Mozilla's intermediate lists without the Diffie-Hellman ones of TLS 1.2, which are slow and hardly asked for.
    private static let suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    private static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")
    private static let groups = "X25519:P-256:P-384"
    /// In TLS 1.3 each resumption brings a new one, so that one at a time is enough; making one costs a twentieth of a
    /// handshake.
    private static let ticketCount = 1

    let raw: OpaquePointer
    let names: CertificateNames
    /// OpenSSL's number for the kind of key.
    let keyKind: Int32
    /// Callbacks point to it.
    private let tickets: TicketKeys

    /// - Throws: what OpenSSL says of the pair.
    init(
        _ pair: CertificatePair, minimumVersion: TLSSettings.Version, tickets: TicketKeys
    ) throws(TLSFailure) {
        ERR_clear_error()
        guard let raw = SSL_CTX_new(TLS_server_method()) else { throw .take() }
        do throws(TLSFailure) {
            try pair.use(in: raw)
            try Self.prepare(raw, minimumVersion)
        } catch {
            SSL_CTX_free(raw)
            throw error
        }
        (names, keyKind) = (pair.subject.names, pair.keyKind)
        (self.raw, self.tickets) = (raw, tickets)
        chooseProtocol()
        sealTickets()
    }

    deinit { SSL_CTX_free(raw) }

    private static func prepare(_ raw: OpaquePointer, _ minimumVersion: TLSSettings.Version) throws(TLSFailure) {
        SSL_CTX_set_options(raw, edge_context_options)
        edge_context_set_mode(
            raw, Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        edge_context_disable_session_cache(raw)
        let version = minimumVersion == .v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION
        guard edge_context_set_minimum_version(raw, version) == 1, SSL_CTX_set_cipher_list(raw, ciphers) == 1,
            SSL_CTX_set_ciphersuites(raw, suites) == 1, SSL_CTX_set_num_tickets(raw, ticketCount) == 1,
            edge_context_set_groups(raw, groups) == 1, SSL_CTX_set_max_early_data(raw, 0) == 1
        else { throw .take() }
    }

    // MARK: Callbacks

    /// ALPN: the name that we like best of those that the client offers; without one in common the connection goes on
    /// without, and HTTP/1.1 is spoken.
    private func chooseProtocol() {
        SSL_CTX_set_alpn_select_cb(
            raw,
            { _, out, outCount, list, count, _ in
                guard let out, let outCount, let list,
                    let chosen = ApplicationProtocol.choice(from: UnsafeBufferPointer(start: list, count: Int(count)))
                else { return SSL_TLSEXT_ERR_NOACK }
                out.pointee = list + chosen.lowerBound
                outCount.pointee = UInt8(truncatingIfNeeded: chosen.count)
                return SSL_TLSEXT_ERR_OK
            }, nil)
    }

    private func sealTickets() {
        edge_context_set_tickets(
            raw,
            { ssl, name, iv, cipher, mac, encrypts in
                guard let ssl, let name, let iv, let cipher, let mac, let context = edge_ticket_keys(ssl) else {
                    return TicketKeys.Result.failed.rawValue
                }
                let keys = Unmanaged<TicketKeys>.fromOpaque(context).takeUnretainedValue()
                let result =
                    encrypts == 1
                    ? keys.seal(name: name, iv: iv, cipher, mac) : keys.open(name: name, iv: iv, cipher, mac)
                return result.rawValue
            }, Unmanaged.passUnretained(tickets).toOpaque())
    }

    /// - Parameter contexts: outlives every connection of this context, because each holds it.
    func chooseByName(_ contexts: TLSContexts) {
        edge_context_on_server_name(
            raw,
            { ssl, _, argument in
                guard let ssl, let argument, let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else {
                    return SSL_TLSEXT_ERR_OK
                }
                let contexts = Unmanaged<TLSContexts>.fromOpaque(argument).takeUnretainedValue()
                SSL_set_SSL_CTX(ssl, contexts.context(for: String(cString: name)).raw)
                return SSL_TLSEXT_ERR_OK
            }, Unmanaged.passUnretained(contexts).toOpaque())
    }
}
