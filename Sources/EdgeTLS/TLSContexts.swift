internal import COpenSSL
internal import EdgeCore

/// The certificates of one listener: which of them a client gets is decided by the name it asks for (SNI, RFC 6066,
/// section 3). Immutable: new certificates are a new one of these, and connections keep the one they began with. Reads
/// files, so not for an event loop.
package final class TLSContexts: Sendable {
    /// Serves names that no other covers, and clients that name none.
    let first: TLSContext
    private let contexts: [TLSContext]

    /// - Throws: which certificate cannot be used, and why.
    init(_ settings: TLSSettings, tickets: TicketKeys) throws(TLSSetupFailure) {
        var contexts: [TLSContext] = []
        for files in settings.certificates {
            do throws(TLSFailure) {
                let context = try TLSContext(files, minimumVersion: settings.minimumVersion, tickets: tickets)
                // One of another kind for the same names: OpenSSL takes the one that the client can use.
                if let other = contexts.first(where: { $0.names == context.names && $0.keyKind != context.keyKind }) {
                    try other.add(files)
                } else {
                    contexts.append(context)
                }
            } catch {
                throw TLSSetupFailure(files: files, failure: error)
            }
        }
        guard let first = contexts.first else {
            throw TLSSetupFailure(files: nil, failure: TLSFailure("no certificate"))
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

    init(_ finding: CertificateInspection.Finding) { description = "\(finding.message) \(finding.suggestion)" }

    /// - Parameter files: nil where there are none.
    init(files: TLSSettings.CertificateFiles?, failure: TLSFailure) {
        description =
            files.map { "the certificate \($0.certificate) with the key \($0.privateKey) cannot be used: \(failure)" }
            ?? "\(failure)"
    }
}
