import EdgeTestSupport
import Foundation
import Testing

/// What `check`, the start and the running edge say of certificates that `openssl` has made.
@Suite(.serialized) struct CertificateCheckTests {
    /// A configuration with one TLS listener, written into `folder`.
    private func configuration(
        _ names: [String], in certificates: CertificateFolder, address: String = "127.0.0.1:0", asked: [String] = [],
        folder: TemporaryFolder
    ) throws -> String {
        let tls: JSONValue = [
            "certificates": .array(names.map(certificates.files)), "names": .array(asked.map { .string($0) }),
        ]
        let configuration: JSONValue = [
            "listeners": [["address": .string(address), "tls": tls]],
            "upstream": ["url": "https://next-api.useplunk.com"],
        ]
        return try folder.write("config.json", configuration.encoded())
    }

    /// `severity pointer: message` of each problem that `check` finds.
    private func check(_ file: String) throws -> [String] {
        let process = try EdgeProcess.run("check", "--json", "--config", file)
        guard case .array(let problems) = try JSONValue(parsing: Array(process.output.waitForEnd().utf8)) else {
            throw Overdue("no array of problems")
        }
        return problems.map { problem in
            let texts = ["severity", "pointer", "message"].map { problem[$0]?.string ?? "" }
            return "\(texts[0]) \(texts[1]): \(texts[2])"
        }
    }

    @Test("A name that no certificate covers and a certificate for no name keep the edge from starting")
    func errors() throws {
        let certificates = try CertificateFolder()
        try certificates.make("wild", names: ["*.example.com", "IP:192.0.2.7"], days: 90)
        try certificates.make("nameless", names: [], days: 90)
        let folder = try TemporaryFolder()
        let asked = ["app.example.com", "example.com"]
        let file = try configuration(["wild", "nameless"], in: certificates, asked: asked, folder: folder)
        let certificate = "/listeners/0/tls/certificates/1/certificate"
        #expect(
            try Set(check(file).filter { $0.hasPrefix("error ") }) == [
                """
                error \(certificate): The certificate "\(certificates.path)/nameless.pem" is for no DNS name and no \
                IP address: its subjectAltName holds none, and browsers do not look at its common name.
                """,
                """
                error /listeners/0/tls/names/1: No certificate of this listener is for "example.com". They are for \
                "*.example.com" and 192.0.2.7.
                """,
            ])
        let edge = try EdgeProcess.run("serve", "--config", file)
        #expect(try edge.waitForExit() == 78)
        #expect(try edge.errors.waitForEnd().contains("No certificate of this listener is for \"example.com\""))
    }

    @Test("Two certificates that are alike, and a listener's own name without one, are warned about")
    func warnings() throws {
        let certificates = try CertificateFolder()
        try certificates.make("one", names: ["app.example.com"], days: 90)
        try certificates.make("rsa", names: ["app.example.com"], key: "rsa:2048", days: 90)
        try certificates.make("two", names: ["app.example.com"], days: 90)
        let folder = try TemporaryFolder()
        let file = try configuration(
            ["one", "rsa", "two"], in: certificates, address: "edge.example.net:443", asked: ["app.example.com"],
            folder: folder)
        let said = try check(file).filter { !$0.contains("which this system does not know") }
        let alike = ["one", "two"].map { "\"\(certificates.path)/\($0).pem\"" }.joined(separator: " and ")
        #expect(
            said == [
                """
                warning /listeners/0/address: No certificate of this listener is for "edge.example.net", the name \
                that it listens on. They are for "app.example.com".
                """,
                """
                warning /listeners/0/tls/certificates/2/certificate: The certificates \(alike) are for the same names, \
                with the same kind of key (ECDSA): only one of them is ever used.
                """,
            ])
    }

    @Test(
        "A renewal to a certificate that ends soon is said while the edge runs, and what the start said is not repeated"
    )
    func expiry() throws {
        let certificates = try CertificateFolder()
        try certificates.make("soon", names: ["localhost"], days: 20)
        try certificates.make("renewed", names: ["localhost"], days: 5)
        let upstream = try RecordingUpstream()
        let listeners: [JSONValue] = (0..<2).map { _ in
            ["address": "127.0.0.1:0", "tls": ["certificates": [certificates.files("soon")]]]
        }
        let edge = try EdgeProcess(upstream: upstream.port, ["listeners": .array(listeners)])
        func lines(_ part: String) -> [Substring] { edge.process.errors.lines.filter { $0.contains(part) } }
        // By the place in the configuration, once for each listener.
        #expect(lines("expires in 20 days").count == 2)
        for kind in ["key", "pem"] {
            let (from, to) = ("\(certificates.path)/renewed.\(kind)", "\(certificates.path)/soon.\(kind)")
            try FileManager.default.removeItem(atPath: to)
            try FileManager.default.copyItem(atPath: from, toPath: to)
        }
        edge.process.send(SIGHUP)
        let warning = try edge.process.errors.waitForLine("warning") { $0.contains("expires in 5 days") ? $0 : nil }
        let said = "plunk-edge: warning: The certificate \"\(certificates.path)/soon.pem\" expires in 5 days. Renew it;"
        #expect(warning.hasPrefix(said))
        #expect(try edge.terminate() == 0)
        // Running, once for the file, however many listeners have it.
        #expect(lines("expires in 5 days").count == 1)
        #expect(lines("expires in 20 days").count == 2)
    }

    @Test("A certificate that cannot be used keeps the edge from starting, and check says why")
    func unusable() throws {
        let certificates = try CertificateFolder()
        try certificates.makeExpired("late")
        let folder = try TemporaryFolder()
        let pairs = [("good", "other"), ("late", "late")]
        let listeners: [JSONValue] = pairs.enumerated().map { index, pair in
            let files: JSONValue = [
                "certificate": .string("\(certificates.path)/\(pair.0).pem"),
                "privateKey": .string("\(certificates.path)/\(pair.1).key"),
            ]
            return ["address": .string("127.0.0.1:\(4430 + index)"), "tls": ["certificates": [files]]]
        }
        let configuration: JSONValue = [
            "listeners": .array(listeners), "upstream": ["url": "https://next-api.useplunk.com"],
        ]
        let file = try folder.write("config.json", configuration.encoded())
        for command in ["check", "serve"] {
            let process = try EdgeProcess.run(command, "--config", file)
            #expect(try process.waitForExit() == 78)
            let said = try (process.output.waitForEnd() + process.errors.waitForEnd()).replacing(/\s+/, with: " ")
            #expect(said.contains("does not belong to the certificate"))
            #expect(said.contains("expired"))
        }
    }
}
