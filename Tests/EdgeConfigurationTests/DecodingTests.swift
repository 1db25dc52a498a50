import EdgeConfiguration
import EdgeCore
import Foundation
import Testing

/// What the good fixtures mean.
@Suite struct DecodingTests {
    @Test("Addresses of listeners: names, both families, paths from the file's folder")
    func listeners() throws {
        let addresses = try Fixture.load("listeners").settings.listeners.map(\.address)
        let folder = Fixture.folder.appending(path: "good").path
        #expect(
            addresses == [
                .tcp(host: "127.0.0.1", port: 8080), .tcp(host: "::1", port: 8080), .tcp(host: "localhost", port: 0),
                .tcp(host: "localhost", port: 0), .unix(path: "\(folder)/edge.sock"),
            ])
    }

    @Test("TLS of a listener is read")
    func tls() throws {
        let loaded = try Fixture.load("tls")
        let folder = Fixture.folder.appending(path: "good").path
        let files = TLSSettings.CertificateFiles(
            certificate: "\(folder)/../files/ca.pem", privateKey: "\(folder)/../files/edge.key")
        var expected = TLSSettings(certificates: [files], minimumVersion: .v1_3)
        expected.names = ["app.example.com", "localhost"]
        #expect(loaded.settings.listeners.first?.tls == expected)
    }

    @Test("HTTP/2 in clear text is off unless somebody asks for it")
    func h2c() throws {
        #expect(try Fixture.load("listeners-h2c").settings.listeners.map(\.h2c) == [true, false])
        #expect(try Fixture.load("minimal").settings.listeners.map(\.h2c) == [false])
    }

    @Test("What is found out about certificates is a problem or a warning, at its place in the file")
    func certificateFindings() throws {
        func loader(_ findings: [CertificateFinding]) -> ConfigurationLoader {
            ConfigurationLoader(environment: [:], sha256: testDigest) { tls, address in
                let isAsked = tls.names.first == "app.example.com" && address == .tcp(host: "0.0.0.0", port: 443)
                return isAsked ? findings : []
            }
        }
        func finding(_ place: CertificateFinding.Place, isError: Bool = false) -> CertificateFinding {
            CertificateFinding(place: place, isError: isError, message: "It is over.", suggestion: "Renew it.")
        }
        let path = Fixture.folder.appending(path: "good/tls.json").path
        let places: [CertificateFinding.Place] = [.name(1), .address, .certificate(0), .certificate(1), .name(2)]
        let loaded = try loader(places.map { finding($0) }).load(path: path)
        #expect(
            loaded.warnings.map(\.description) == [
                "\(path):4:18: /listeners/0/address: It is over. Renew it.",
                "\(path):6:43: /listeners/0/tls/certificates/0/certificate: It is over. Renew it.",
                "\(path):7:38: /listeners/0/tls/names/1: It is over. Renew it.",
            ])
        let problems = try #require(
            #expect(throws: ConfigurationProblems.self) {
                try loader([finding(.certificate(0), isError: true), finding(.name(0))]).load(path: path)
            })
        #expect(
            problems.description == "\(path):6:43: /listeners/0/tls/certificates/0/certificate: It is over. Renew it.")
    }

    @Test("A file without authorities that can be read is a problem, for the loader's inspector to say")
    func authorities() throws {
        let path = Fixture.folder.appending(path: "good/upstream.json").path
        let loader = ConfigurationLoader(
            environment: [:], sha256: testDigest, authorityInspector: { !$0.hasSuffix("/files/ca.pem") })
        let problems = try #require(#expect(throws: ConfigurationProblems.self) { try loader.load(path: path) })
        #expect(problems.problems.map(\.pointer) == ["/upstream/caFile"])
        #expect(problems.description.contains("holds no certificate that can be read."))
    }

    @Test("A digest alone lets what is shown go upstream, and beside an alias it is not said what does")
    func digests() throws {
        let digest = String(repeating: "0f", count: 32)
        func keys(_ accepts: String) throws -> [KeyTable.Entry] {
            try load(#", "keys": [{"name": "web", "accepts": [\#(accepts)]}]"#).settings.policy.keys.entries
        }
        #expect(try keys(#""sha256:\#(digest)""#).map(\.sends) == [nil])
        #expect(try keys(#""pk_one", "pk_two", "sha256:\#(digest)""#).map(\.sends) == [nil])
        #expect(try keys(#""pk_one", "sha256:\#(digest)""#).map(\.sends) == [Array("pk_one".utf8)])
        #expect(throws: ConfigurationProblems.self) { try keys(#""alias", "sha256:\#(digest)""#) }
    }

    @Test("A certificate that cannot be read does not make names look wrong")
    func incompleteCertificates() throws {
        let text = """
            {"upstream": {"url": "https://plunk.example.com"}, "listeners": [{"address": "127.0.0.1:0", "tls": {
            "names": ["app.example.com"], "certificates": [
            {"certificate": "missing.pem", "privateKey": "missing.key"},
            {"certificate": "files/ca.pem", "privateKey": "files/edge.key"}]}}]}
            """
        let loader = ConfigurationLoader(environment: [:], sha256: testDigest) { tls, _ in
            tls.names.indices.map { .init(place: .name($0), isError: true, message: "Not covered.", suggestion: "") }
                + tls.certificates.indices.map {
                    .init(place: .certificate($0), isError: true, message: "Looked at.", suggestion: "")
                }
        }
        let problems = try #require(
            #expect(throws: ConfigurationProblems.self) {
                try loader.load(bytes: Array(text.utf8), path: "config.json", folder: Fixture.folder.path)
            })
        #expect(problems.problems.map(\.position?.line) == [3, 3, 4])
        #expect(problems.problems.last?.message == "Looked at.")
    }

    @Test("Every key of upstream")
    func upstream() throws {
        let settings = try Fixture.load("upstream").settings.upstream
        var expected = UpstreamSettings(
            origin: .init(scheme: .https, host: "plunk.example.com", port: 8443, pathPrefix: "/api"))
        expected.authorityFile = Fixture.folder.appending(path: "good").path + "/../files/ca.pem"
        expected.proxy = "http://proxy.example.com:3128"
        expected.addresses = [IPAddress("203.0.113.7"), IPAddress("2001:db8::7")].compactMap(\.self)
        expected.connectTimeout = .milliseconds(250)
        expected.firstByteTimeout = .seconds(2)
        expected.totalTimeout = .seconds(60)
        expected.maximumConnections = 8
        expected.idleTimeout = .seconds(4)
        expected.connectionLifetime = .seconds(3600)
        expected.maximumInFlight = 100
        expected.retry = .never
        expected.idempotency = .pass
        #expect(settings == expected)
    }

    @Test("Keys: what is accepted, what is sent, and which entry stands for no key")
    func keys() throws {
        let keys = try Fixture.load("keys").settings.policy.keys
        #expect(keys.entries.map(\.name) == ["web", "app", "legacy", "environment"])
        let sent = ["pk_one", nil, "pk_from_a_file", "pk_default"] as [String?]
        #expect(keys.entries.map { $0.sends.map { String(decoding: $0, as: UTF8.self) } } == sent)
        #expect(keys.entryWhenMissing == 0)
        #expect(keys.entry(accepting: digest("the-old-key")) == 0)
        #expect(keys.entry(accepting: digest("pk_three")) == 1)
        let half: (UInt64, UInt64) = (0x0011_2233_4455_6677, 0x8899_AABB_CCDD_EEFF)
        #expect(keys.entry(accepting: KeyDigest((half.0, half.1, half.0, half.1))) == 2)
        #expect(keys.entry(accepting: digest("pk_from_the_environment")) == 3)
        #expect(keys.entry(accepting: digest("pk_default")) == nil)
    }

    @Test("Origins in the form that browsers send")
    func origins() throws {
        let origins = try Fixture.load("origins").settings.policy.origins
        #expect(
            origins.patterns == [
                .sameOrigin, .exact("https://app.example.com"), .exact("http://localhost:3000"),
                .exact("capacitor://localhost"), .subdomains(scheme: "https://", suffix: ".example.com"),
                .subdomains(scheme: "https://", suffix: ".example.org:8443"), .null,
            ])
        #expect(origins.required)
        #expect(try Fixture.load("origins-any").settings.policy.origins.patterns.first == .any)
    }

    @Test("Body, events, endpoint and rate limits")
    func policy() throws {
        #expect(try Fixture.load("endpoint").settings.policy.endpoint.equals("/api/hello"))
        let body = try Fixture.load("body").settings.policy.body
        #expect((body.maximumSize, body.unknownFields, body.subscribed) == (1024 * 1024, .reject, .strip))
        let events = try Fixture.load("events").settings.policy.events
        #expect(events.prefix(3) == [EventPattern("signup"), EventPattern("order_*"), EventPattern("task_done")])
        #expect(try Fixture.load("events-none").settings.policy.events.isEmpty)
        let limited = try Fixture.load("limits").settings.policy
        #expect(limited.perClient == RateLimit(perSecond: 100.0 / 60, burst: 100))
        #expect(limited.perKey == RateLimit(perSecond: 1, burst: 50))
        let unlimited = try Fixture.load("limits-off").settings.policy
        #expect(unlimited.perClient == nil && unlimited.perKey == nil)
    }

    @Test("Limits of connections")
    func connections() throws {
        var expected = ConnectionSettings()
        expected.maximum = 100
        expected.maximumPerClient = 10
        expected.headerSize = 8192
        expected.headerCount = 32
        expected.headerTimeout = .seconds(1)
        expected.bodyTimeout = .seconds(2)
        expected.idleTimeout = .seconds(3)
        expected.writeTimeout = .seconds(4)
        #expect(try Fixture.load("limits").settings.connections == expected)
    }

    @Test("Trusted proxies: blocks, single addresses, words")
    func trustedProxies() throws {
        let blocks = try Fixture.load("trusted-proxies").settings.trustedProxies
        #expect(blocks.blocks.map { "\($0.base)/\($0.length)" } == ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"])
        #expect(!blocks.unixSockets)
        let words = try Fixture.load("trusted-proxies-words").settings.trustedProxies
        #expect(words.blocks == AddressBlock.loopback + AddressBlock.private)
        #expect(words.unixSockets)
    }

    @Test("Client address, access log, admin and shutdown")
    func operations() throws {
        let clientAddress = try Fixture.load("client-address").settings.clientAddress
        #expect((clientAddress.log, clientAddress.upstream) == (.truncate, .omit))
        let folder = Fixture.folder.appending(path: "good").path
        #expect(try Fixture.load("access-log").settings.accessLog.destination == .file("\(folder)/access.log"))
        let rotated = try Fixture.load("access-log-rotation").settings.accessLog
        #expect((rotated.maximumSize, rotated.keep) == (1024 * 1024 * 1024, 3))
        #expect(rotated.destination == .file("\(folder)/access.log"))
        #expect(try Fixture.load("access-log-rotated-by-others").settings.accessLog.maximumSize == nil)
        #expect(try Fixture.load("admin-public").settings.admin == .tcp(host: "0.0.0.0", port: 9090))
        let shutdown = try Fixture.load("shutdown").settings.shutdown
        #expect((shutdown.delay, shutdown.drain) == (.seconds(5), .seconds(60)))
    }

    @Test("Variables, defaults for unset and empty ones, and dollars that mean themselves")
    func environment() throws {
        let events = try Fixture.load("escaped-dollar").settings.policy.events
        #expect(events == ["a${b}", "$", "fallback", "x"].map(EventPattern.init))
    }
}
