internal import COpenSSL

/// What OpenSSL could not do, in its own words.
package struct TLSFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// `error:0A000416:SSL routines::sslv3 alert certificate unknown`.
    package let description: String
    /// Whether the client speaks HTTP in clear text.
    let isPlainHTTP: Bool

    package init(_ description: String, isPlainHTTP: Bool = false) {
        (self.description, self.isPlainHTTP) = (description, isPlainHTTP)
    }

    /// Takes the error that OpenSSL queued on this thread, and all that come after it.
    static func take() -> TLSFailure {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress, case let code = edge_take_error(start, text.count), code != 0 else {
                return TLSFailure("OpenSSL says nothing")
            }
            return TLSFailure(String(cString: start), isPlainHTTP: edge_error_is_http(code) != 0)
        }
    }
}
