internal import COpenSSL

/// What OpenSSL could not do, in its own words.
package struct TLSFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// `error:0A000416:SSL routines::sslv3 alert certificate unknown`.
    package let description: String

    package init(_ description: String) { self.description = description }

    /// Takes the error that OpenSSL queued on this thread, and all that come after it.
    static func take() -> TLSFailure {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress, edge_take_error(start, text.count) != 0 else {
                return TLSFailure("OpenSSL says nothing")
            }
            return TLSFailure(String(cString: start))
        }
    }
}
