internal import COpenSSL

/// What OpenSSL could not do, in its own words.
package struct TLSFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// `error:0A000416:SSL routines::sslv3 alert certificate unknown`.
    package let description: String
    /// How a handshake counts that ends for it.
    let kind: TLSCounts.Failure

    /// Whether the client speaks HTTP in clear text.
    var isPlainHTTP: Bool { kind == .clearText }

    package init(_ description: String) { self.init(description, .malformed) }

    private init(_ description: String, _ kind: TLSCounts.Failure) {
        (self.description, self.kind) = (description, kind)
    }

    /// Takes the error that OpenSSL queued on this thread, and all that come after it.
    static func take() -> TLSFailure {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress, case let code = edge_take_error(start, text.count), code != 0 else {
                return TLSFailure("OpenSSL says nothing")
            }
            return TLSFailure(String(cString: start), kind(of: edge_error_reason(code)))
        }
    }

    private static func kind(of reason: Int32) -> TLSCounts.Failure {
        switch reason {
        case SSL_R_HTTP_REQUEST: .clearText
        case SSL_R_NO_SHARED_CIPHER, SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_NO_SUITABLE_KEY_SHARE,
            SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
            .unsupported
        // Alerts that came, numbered from here on.
        case SSL_AD_REASON_OFFSET...: .clientAlert
        default: .malformed
        }
    }
}
