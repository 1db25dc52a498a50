/// What somebody who understands certificates has to say of a listener's.
package struct CertificateFinding: Hashable, Sendable {
    /// What of the listener is meant, by its index in ``TLSSettings``.
    package enum Place: Hashable, Sendable {
        case address
        case certificate(Int)
        case name(Int)
    }

    package let place: Place
    /// Whether it keeps the edge from starting.
    package let isError: Bool
    /// What is wrong, a whole sentence.
    package let message: String
    /// What to do.
    package let suggestion: String

    package init(place: Place, isError: Bool, message: String, suggestion: String) {
        (self.place, self.isError, self.message, self.suggestion) = (place, isError, message, suggestion)
    }
}

/// Looks at a listener's certificates, which are files that can be read, and at the names that they have to be for; the
/// address is nil where it cannot be understood. The configuration's loader reads no certificates itself: the commands
/// hand in OpenSSL's understanding.
package typealias CertificateInspector =
    @Sendable (_ tls: TLSSettings, _ address: ListenAddress?) -> [CertificateFinding]

/// Whether a file, which can be read, holds authorities that the upstream's certificate can come from.
package typealias AuthorityInspector = @Sendable (_ file: String) -> Bool
