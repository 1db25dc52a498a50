internal import EdgeCore

/// Whether the certificates of a listener are for the names that its clients ask for. Pure.
enum NameInspection {
    /// Names of certificates that one message lists.
    private static let listedNames = 6

    /// - Parameters:
    ///   - names: that clients will ask for, in lower case.
    ///   - address: of the listener; nil if it is not known.
    ///   - certificates: of the listener, in its order.
    static func findings(
        names: [String], address: ListenAddress?, certificates: [SubjectAlternatives]
    ) -> [CertificateFinding] {
        withoutNames(certificates) + uncovered(names, certificates) + sameNames(certificates)
            + uncovered(address, certificates)
    }

    private static func withoutNames(_ certificates: [SubjectAlternatives]) -> [CertificateFinding] {
        certificates.enumerated().filter(\.element.isEmpty).map { index, certificate in
            CertificateFinding(
                place: .certificate(index), isError: true,
                message: "The certificate \"\(certificate.file)\" is for no DNS name and no IP address: its "
                    + "subjectAltName holds none, and browsers do not look at its common name.",
                suggestion: "Have one issued with the names that clients ask for in its subjectAltName.")
        }
    }

    private static func uncovered(_ names: [String], _ certificates: [SubjectAlternatives]) -> [CertificateFinding] {
        names.enumerated().filter { _, name in !certificates.contains { $0.covers(name) } }.map { index, name in
            CertificateFinding(
                place: .name(index), isError: true,
                message: "No certificate of this listener is for \"\(name)\". \(theyAreFor(certificates))",
                suggestion: "Add a certificate for this name, or correct the name.\(wildcardHint(certificates))")
        }
    }

    private static func sameNames(_ certificates: [SubjectAlternatives]) -> [CertificateFinding] {
        certificates.indices.compactMap { index in
            let certificate = certificates[index]
            let other = certificates[..<index].first {
                $0.names == certificate.names && $0.keyKind == certificate.keyKind
            }
            guard let other else { return nil }
            return CertificateFinding(
                place: .certificate(index), isError: false,
                message: "The certificates \"\(other.file)\" and \"\(certificate.file)\" are for the same names, with "
                    + "the same kind of key (\(certificate.keyKind)): only one of them is ever used.",
                suggestion: "Remove one. An RSA and an ECDSA certificate for the same names may stand side by side.")
        }
    }

    /// A listener's own name is what somebody is likely to connect to.
    private static func uncovered(_ address: ListenAddress?, _ certificates: [SubjectAlternatives])
        -> [CertificateFinding]
    {
        guard case .tcp(let host, _) = address, host != "localhost", IPAddress(host) == nil,
            !certificates.contains(where: { $0.covers(host) })
        else { return [] }
        return [
            CertificateFinding(
                place: .address, isError: false,
                message: "No certificate of this listener is for \"\(host)\", the name that it listens on. "
                    + theyAreFor(certificates),
                suggestion: "Add a certificate for this name, or listen on an IP address if clients know the edge by "
                    + "another name.\(wildcardHint(certificates))")
        ]
    }

    private static func theyAreFor(_ certificates: [SubjectAlternatives]) -> String {
        var texts: [String] = []
        for text in certificates.flatMap(\.texts) where !texts.contains(text) { texts.append(text) }
        guard let first = texts.first else { return "They are for no name at all." }
        if texts.count == 1 { return "They are for \(first)." }
        if texts.count <= listedNames {
            return "They are for \(texts.dropLast().joined(separator: ", ")) and \(texts[texts.count - 1])."
        }
        let listed = texts.prefix(listedNames - 1)
        return "They are for \(listed.joined(separator: ", ")) and \(texts.count - listed.count) more."
    }

    private static func wildcardHint(_ certificates: [SubjectAlternatives]) -> String {
        let hasWildcard = certificates.contains { $0.names.names.contains { $0.hasPrefix("*.") } }
        return hasWildcard ? " A \"*\" stands for exactly one label." : ""
    }
}
