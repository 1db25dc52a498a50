/// What somebody who understands certificates has to say of one and its key.
package struct CertificateFinding: Sendable {
    /// Whether it keeps the edge from starting.
    package var isError: Bool
    /// What is wrong, a whole sentence.
    package var message: String
    /// What to do.
    package var suggestion: String

    package init(isError: Bool, message: String, suggestion: String) {
        (self.isError, self.message, self.suggestion) = (isError, message, suggestion)
    }
}

/// Looks at a PEM file with a certificate and its chain, and at one with its key. EdgeConfiguration reads no certificates
/// itself: the commands hand in OpenSSL's understanding.
package typealias CertificateInspector = @Sendable (_ certificate: String, _ privateKey: String) -> [CertificateFinding]
