import EdgeTestSupport
import Testing

/// What `openssl s_client` can ask for beside a session.
@Suite struct OpenSSLClientTests {
    private static let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    /// Speaks with the edge until either side ends.
    private func speak(_ stage: SecureStage, _ options: [String], input: String = request) throws -> String {
        let client = try Tool.openssl.start(["s_client", "-connect", stage.address] + options, input: input)
        _ = try client.waitForExit()
        return try client.output.waitForEnd() + client.errors.waitForEnd()
    }

    @Test(
        "Versions before TLS 1.2 are refused, whatever else the client would accept", arguments: ["-tls1", "-tls1_1"])
    func oldVersions(version: String) throws {
        let stage = try SecureStage()
        let seen = try speak(stage, [version, "-cipher", "ALL:@SECLEVEL=0"])
        #expect(seen.contains("alert protocol version"))
        #expect(seen.contains("New, (NONE), Cipher is (NONE)"))
        try stage.expectService()
        try stage.scene.expectInvariants()
    }

    @Test("A client that names no host gets the first certificate")
    func noName() throws {
        let stage = try SecureStage(["other", "good"])
        #expect(try speak(stage, ["-noservername"]).contains("subject=CN = other.test"))
        #expect(try speak(stage, ["-servername", "localhost"]).contains("subject=CN = localhost"))
    }

    @Test("Sessions are resumed by tickets", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(version: String) throws {
        let stage = try SecureStage()
        let folder = stage.certificates.path
        let options = ["-servername", "localhost", "-CAfile", "\(folder)/authority.pem", version, "-ign_eof"]
        let first = try speak(stage, options + ["-sess_out", "\(folder)/session"])
        #expect(first.contains("New, TLSv1"))
        #expect(first.contains("Verify return code: 0 (ok)"))
        #expect(first.contains("HTTP/1.1 401 Unauthorized"))
        #expect(try speak(stage, options + ["-sess_in", "\(folder)/session"]).contains("Reused, TLSv1"))
    }

    @Test("Nothing is compressed, and early data is not taken")
    func compressionAndEarlyData() throws {
        let stage = try SecureStage()
        let old = try speak(stage, ["-servername", "localhost", "-tls1_2", "-comp", "-ign_eof"])
        #expect(old.contains("Compression: NONE"))
        #expect(old.contains("HTTP/1.1 401 Unauthorized"))
        let session = "\(stage.certificates.path)/session"
        let new = try speak(stage, ["-servername", "localhost", "-tls1_3", "-comp", "-ign_eof", "-sess_out", session])
        #expect(new.contains("Compression: NONE"))
        #expect(new.contains("Max Early Data: 0"))
        #expect(!new.contains(/Max Early Data: [1-9]/))
        let early = try stage.certificates.write("early", Array(Self.request.utf8))
        let again = try speak(
            stage, ["-servername", "localhost", "-tls1_3", "-ign_eof", "-sess_in", session, "-early_data", early])
        #expect(again.contains("Reused, TLSv1.3"))
        #expect(again.contains("Early data was not sent"))
    }

    @Test("A client's renegotiation is refused, and harms nobody")
    func renegotiation() throws {
        let stage = try SecureStage()
        let seen = try speak(stage, ["-servername", "localhost", "-tls1_2"], input: "R\n")
        #expect(seen.contains("RENEGOTIATING"))
        #expect(seen.contains("no renegotiation"))
        try stage.expectService()
        try stage.scene.expectInvariants()
    }
}
