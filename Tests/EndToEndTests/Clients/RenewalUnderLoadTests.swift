import EdgeTestSupport
import Foundation
import Testing

/// Certificates are renewed while clients are at work: none of them notices.
@Suite(.serialized) struct RenewalUnderLoadTests {
    /// h2load, over each protocol, on connections that stay and on ever new ones, for about twenty seconds: the edge looks
    /// at its files twice meanwhile.
    private static let loads = [
        ["--requests=1200", "--clients=3", "--rps=20", "--max-concurrent-streams=10"],
        ["--requests=1200", "--clients=3", "--rps=20", "--h1"],
        ["--requests=200", "--clients=200", "--rate=10"],
        ["--requests=200", "--clients=200", "--rate=10", "--h1"],
    ]

    /// Puts a certificate and its key in the place of those in use, by rename, as certbot does.
    private func use(_ name: String, key: String? = nil, in stage: SecureStage) throws {
        let folder = stage.certificates.path
        for (source, file) in [(key ?? name, "key"), (name, "pem")] {
            let new = "\(folder)/new"
            try FileManager.default.copyItem(atPath: "\(folder)/\(source).\(file)", toPath: new)
            guard rename(new, "\(folder)/good.\(file)") == 0 else { throw Overdue("rename: \(errno)") }
        }
    }

    /// The certificate that a new connection gets.
    private func certificate(_ stage: SecureStage) throws -> String? {
        let client = try Tool.openssl.start(["s_client", "-connect", stage.address, "-servername", "localhost"])
        _ = try client.waitForExit()
        return Self.certificate(in: try client.output.waitForEnd())
    }

    private static func certificate(in text: String) -> String? {
        text.firstMatch(of: /-----BEGIN CERTIFICATE-----(?s).*?-----END CERTIFICATE-----/).map { String($0.output) }
    }

    private func file(_ name: String, _ stage: SecureStage) throws -> String? {
        Self.certificate(in: try String(contentsOfFile: "\(stage.certificates.path)/\(name).pem", encoding: .utf8))
    }

    @Test("Renewed by HUP, by themselves, and not by a bad pair, certificates cost no request under load")
    func renewal() throws {
        let stage = try SecureStage {
            try $0.make("second", names: ["localhost"])
            try $0.make("third", names: ["localhost"], key: "rsa:2048")
        }
        var seen = 0
        func waitForWord(_ word: String) throws {
            var lines = 0
            _ = try stage.edge.process.errors.waitForLine(word) { line in
                lines += 1
                guard lines > seen, line.contains(word) else { return nil as Bool? }
                seen = lines
                return true
            }
        }
        let loads = try Self.loads.map(stage.startLoad)
        try stage.upstream.waitForRequests(50)

        try use("second", in: stage)
        stage.edge.process.send(SIGHUP)
        try waitForWord("new connections get the certificates")
        #expect(try certificate(stage) == file("second", stage))

        try use("third", key: "second", in: stage)
        stage.edge.process.send(SIGHUP)
        try waitForWord("configuration not reloaded")
        #expect(try certificate(stage) == file("second", stage))

        // Nobody says so: the edge looks for itself.
        try use("third", in: stage)
        try waitForWord("new connections get the certificates")
        #expect(try certificate(stage) == file("third", stage))
        #expect(!loads.map(\.isRunning).contains(false), "the load was over too early to say anything")

        for (load, expected) in zip(loads, [1200, 1200, 200, 200]) {
            #expect(try LoadReport(of: load) == LoadReport(succeeded: expected))
        }
        #expect(stage.upstream.ledger.events.count == 2800)
        #expect(try certificate(stage) == file("third", stage))
        try stage.expectService()
        try stage.scene.expectInvariants()
        let records = stage.edge.process.output.lines.filter { $0.contains("h2load") }
        for version in ["HTTP/2", "HTTP/1.1"] {
            #expect(records.count { $0.contains("\"protocol\":\"\(version)\",\"tls\"") } == 1400)
        }
    }
}
