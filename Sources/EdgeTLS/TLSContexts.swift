internal import COpenSSL
internal import EdgeCore

/// The certificates of one listener: which of them a client gets is decided by the name it asks for (SNI, RFC 6066,
/// section 3). Immutable: new certificates are a new one of these, and connections keep the one they began with.
package final class TLSContexts: Sendable {
    /// Serves names that no other covers, and clients that name none.
    let first: TLSContext
    private let contexts: [TLSContext]

    /// - Parameter pairs: in the order of the configuration.
    /// - Throws: which certificate cannot be used, and why.
    init(
        _ pairs: [CertificatePair], minimumVersion: TLSSettings.Version, tickets: TicketKeys
    ) throws(TLSSetupFailure) {
        var contexts: [TLSContext] = []
        for pair in pairs {
            do throws(TLSFailure) {
                let context = try TLSContext(pair, minimumVersion: minimumVersion, tickets: tickets)
                // One of another kind for the same names: OpenSSL takes the one that the client can use.
                if let other = contexts.first(where: { $0.names == context.names && $0.keyKind != context.keyKind }) {
                    try pair.use(in: other.raw)
                } else {
                    contexts.append(context)
                }
            } catch {
                throw TLSSetupFailure(files: pair.files, failure: error)
            }
        }
        guard let first = contexts.first else {
            throw TLSSetupFailure("there is no certificate")
        }
        (self.first, self.contexts) = (first, contexts)
        first.chooseByName(self)
    }

    /// Whether every client gets the same.
    var haveOneCertificate: Bool { contexts.count == 1 }

    /// The context for a name, exact before wildcard before the first.
    ///
    /// - Parameter name: as the client wrote it.
    func context(for name: String) -> TLSContext {
        let name = name.lowercased()
        return contexts.first { $0.names.containsExactly(name) } ?? contexts.first { $0.names.containsByWildcard(name) }
            ?? first
    }
}

/// A certificate that cannot be used.
package struct TLSSetupFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    init(files: TLSSettings.CertificateFiles, failure: TLSFailure) {
        description =
            "the certificate \(files.certificate) with the key \(files.privateKey) cannot be used: \(failure)"
    }
}
