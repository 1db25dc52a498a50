import EdgeTestSupport
import Testing

/// What sslscan finds.
@Suite struct ScannerTests {
    @Test("sslscan finds nothing old and nothing weak, with certificates of both kinds, and the edge serves on")
    func scan() throws {
        let stage = try SecureStage(["good", "good-rsa"]) {
            try $0.make("good-rsa", names: ["localhost"], key: "rsa:2048")
        }
        let scanner = try Tool.scanner.start(["--xml=-", "--sni-name=localhost", stage.address])
        #expect(try scanner.waitForExit(atMost: .seconds(30)) == 0, "\(scanner.errors.text)")
        let seen = try scanner.output.waitForEnd()

        let protocols = seen.matches(of: /<protocol type="(\w+)" version="([\d.]+)" enabled="1"/)
        #expect(protocols.map { "\($0.1) \($0.2)" } == ["tls 1.2", "tls 1.3"])
        #expect(seen.contains(#"<renegotiation supported="0" secure="0" />"#))
        #expect(!seen.contains(#"vulnerable="1""#))
        // Left out where OpenSSL is built without it, as Debian's is.
        #expect(!seen.contains(#"<compression supported="1""#))

        let suites = seen.matches(of: /<cipher .*?cipher="([^"]+)".*?strength="(\w+)"/)
        #expect(
            Set(suites.map { String($0.1) }) == [
                "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256",
                "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
                "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
            ])
        #expect(Set(suites.map { String($0.2) }).isSubset(of: ["strong", "acceptable"]))
        let groups = seen.matches(of: /<group sslversion="TLSv1.3" .*?name="([^" ]+)/)
        #expect(Set(groups.map { String($0.1) }) == ["x25519", "secp256r1", "secp384r1"])
        #expect(!seen.contains("SHA1") && !seen.contains("MD5"))

        try stage.expectService()
        try stage.scene.expectInvariants()
    }
}
