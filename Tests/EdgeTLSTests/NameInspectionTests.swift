import EdgeCore
import Testing

@testable import EdgeTLS

/// What is said of certificates that are not for the names that clients ask for.
@Suite struct NameInspectionTests {
    private static let app = SubjectAlternatives(file: "app.pem", names: ["app.example.com"])
    private static let appAgain = SubjectAlternatives(file: "again.pem", names: ["app.example.com"])
    private static let appRSA = SubjectAlternatives(file: "rsa.pem", names: ["app.example.com"], keyKind: "RSA")
    private static let wild = SubjectAlternatives(
        file: "wild.pem", names: ["*.example.com", "example.org"],
        addresses: Set([IPAddress("192.0.2.7")].compactMap(\.self)))
    private static let nobody = SubjectAlternatives(file: "nobody.pem", names: [])
    private static let many = SubjectAlternatives(file: "many.pem", names: Set((1...9).map { "n\($0).test" }))

    struct Case: CustomTestStringConvertible, Sendable {
        var names: [String] = []
        var host = "0.0.0.0"
        var certificates: [SubjectAlternatives]
        /// Place, severity, message and suggestion of each finding.
        var said: [String] = []

        var testDescription: String { "\(names) \(host) \(certificates.map(\.file))" }
    }

    static let cases = [
        Case(names: ["app.example.com"], certificates: [app]),
        Case(names: ["app.example.com", "api.example.com", "example.org"], certificates: [wild]),
        Case(certificates: [app, wild, appRSA]), Case(host: "localhost", certificates: [app]),
        Case(host: "::1", certificates: [app]), Case(host: "app.example.com", certificates: [wild]),
        Case(
            names: ["app.example.com", "www.example.com"], certificates: [app],
            said: [
                """
                name(1) error: No certificate of this listener is for "www.example.com". They are for \
                "app.example.com". Add a certificate for this name, or correct the name.
                """
            ]),
        Case(
            names: ["example.com", "a.b.example.com"], certificates: [wild],
            said: ["example.com", "a.b.example.com"].enumerated().map { index, name in
                """
                name(\(index)) error: No certificate of this listener is for "\(name)". They are for "*.example.com", \
                "example.org" and 192.0.2.7. Add a certificate for this name, or correct the name. A "*" stands for \
                exactly one label.
                """
            }),
        Case(
            names: ["app.example.com"], certificates: [many],
            said: [
                """
                name(0) error: No certificate of this listener is for "app.example.com". They are for "n1.test", \
                "n2.test", "n3.test", "n4.test", "n5.test" and 4 more. Add a certificate for this name, or correct \
                the name.
                """
            ]),
        Case(
            certificates: [app, nobody],
            said: [
                """
                certificate(1) error: The certificate "nobody.pem" is for no DNS name and no IP address: its \
                subjectAltName holds none, and browsers do not look at its common name. Have one issued with the \
                names that clients ask for in its subjectAltName.
                """
            ]),
        Case(
            certificates: [app, appRSA, appAgain],
            said: [
                """
                certificate(2) warning: The certificates "app.pem" and "again.pem" are for the same names, with the \
                same kind of key (ECDSA): only one of them is ever used. Remove one. An RSA and an ECDSA certificate \
                for the same names may stand side by side.
                """
            ]),
        Case(
            host: "edge.example.net", certificates: [app],
            said: [
                """
                address warning: No certificate of this listener is for "edge.example.net", the name that it listens \
                on. They are for "app.example.com". Add a certificate for this name, or listen on an IP address if \
                clients know the edge by another name.
                """
            ]),
    ]

    @Test(
        "Names have to be covered, certificates have to have names, and two that are alike are one too many",
        arguments: cases)
    func findings(_ row: Case) {
        let findings = NameInspection.findings(
            names: row.names, address: .tcp(host: row.host, port: 443), certificates: row.certificates)
        #expect(
            findings.map { "\($0.place) \($0.isError ? "error" : "warning"): \($0.message) \($0.suggestion)" }
                == row.said)
    }

    @Test("A Unix domain socket has no name of its own")
    func socket() {
        let address = ListenAddress.unix(path: "/run/edge.sock")
        #expect(NameInspection.findings(names: [], address: address, certificates: [Self.app]).isEmpty)
        #expect(NameInspection.findings(names: [], address: nil, certificates: [Self.app]).isEmpty)
    }
}
