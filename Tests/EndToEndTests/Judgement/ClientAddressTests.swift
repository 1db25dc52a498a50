import EdgeTestSupport
import Glibc
import Testing

/// Who the client is when a trusted proxy says so: loopback is one by default.
@Suite(.serialized, .edge(["trustedProxies": ["loopback", "10.0.0.0/8"], "clientAddress": ["upstream": "truncate"]]))
struct ClientAddressTests {
    /// X-Forwarded-For, the client that the log names, and what goes upstream.
    static let walks: [(String, String, String)] = [
        ("192.0.2.7", "192.0.2.7", "192.0.2.0"), ("198.51.100.1, 192.0.2.7", "192.0.2.7", "192.0.2.0"),
        ("192.0.2.7, 10.1.2.3", "192.0.2.7", "192.0.2.0"), ("192.0.2.7, 10.1.2.3,127.0.0.1", "192.0.2.7", "192.0.2.0"),
        ("192.0.2.7:1234", "192.0.2.7", "192.0.2.0"), ("2001:db8:1:2::3", "2001:db8:1:2::3", "2001:db8:1::"),
        ("[2001:db8:1:2::3]:80", "2001:db8:1:2::3", "2001:db8:1::"), ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.0"),
        ("10.0.0.1", "10.0.0.1", "10.0.0.0"), ("unknown", "127.0.0.1", "127.0.0.0"), ("", "127.0.0.1", "127.0.0.0"),
        ("192.0.2.7, unknown", "127.0.0.1", "127.0.0.0"), ("192.0.2.7, ", "127.0.0.1", "127.0.0.0"),
        ("999.0.2.7", "127.0.0.1", "127.0.0.0"), ("010.0.0.1", "127.0.0.1", "127.0.0.0"),
        ("evil, 192.0.2.7", "192.0.2.7", "192.0.2.0"),
    ]

    @Test("X-Forwarded-For of a trusted proxy is walked from the right", arguments: walks)
    func walk(value: String, logged: String, sent: String) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(.track().adding("X-Forwarded-For: \(value)"))
        let request = try scene.expectForwarded(response, since: before)
        #expect(request["x-forwarded-for"] == sent)
        #expect(try scene.edge.record(of: response["x-request-id"])["client"]?.string == logged)
    }

    @Test("Several lines are one list, the last line first")
    func lines() throws {
        let scene = try Scene.of()
        let response = try scene.exchange(
            .track().adding("X-Forwarded-For: 198.51.100.1").adding("X-Forwarded-For: 192.0.2.7, 10.0.0.9"))
        #expect(try scene.edge.record(of: response["x-request-id"])["client"] == "192.0.2.7")
    }

    @Test("Thousands of entries end the walk, not the process")
    func manyEntries() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let value = String(repeating: "10.0.0.1,", count: 1500) + "10.0.0.1"
        try scene.expectForwarded(try scene.exchange(.track().adding("X-Forwarded-For: \(value)")), since: before)
    }

    @Test("A trusted proxy's X-Request-ID is kept, and one that is none is replaced")
    func requestID() throws {
        let scene = try Scene.of()
        let id = "0190a5b4-5c6d-7e8f-8a9b-0c1d2e3f4a5b"
        let before = scene.upstream.requests.count
        let response = try scene.exchange(.track().adding("X-Request-ID: \(id)"))
        #expect(response["x-request-id"] == id)
        #expect(try scene.expectForwarded(response, since: before)["x-request-id"] == id)
        for bad in ["a b", "", "\u{E4}", String(repeating: "a", count: 2000), "\"};x"] {
            let response = try scene.exchange(.track().adding("X-Request-ID: \(bad)"))
            #expect(response["x-request-id"] != bad)
            #expect(response["x-request-id"]?.count == 36)
        }
    }

    @Test("A connection that was reset before it was accepted has no address, and is nobody's: least of all trusted")
    func resetBeforeAccepted() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        scene.edge.process.pause()
        for _ in 0..<20 {
            let client = try scene.connect()
            try client.send(ClientRequest.track().adding("X-Forwarded-For: 192.0.2.99").bytes)
            client.reset()
        }
        scene.edge.process.send(SIGCONT)
        // Of each event loop's connections those come first.
        for _ in 0..<20 { #expect(try scene.exchange(.track()).status == 200) }
        #expect(scene.upstream.requests.count == before + 20)
    }

    @Test("A trusted proxy's X-Forwarded-Host is the host that an origin is compared with")
    func forwardedHost() throws {
        let scene = try Scene.of()
        let request = ClientRequest.track().adding("Origin: https://app.test")
        #expect(try scene.exchange(request.adding("X-Forwarded-Host: app.test")).status == 200)
        #expect(try scene.exchange(request).status == 403)
    }
}

/// The same peer, trusted by nobody.
@Suite(.serialized, .edge(["trustedProxies": [], "clientAddress": ["log": "omit", "upstream": "omit"]]))
struct UntrustedPeerTests {
    @Test("What an untrusted peer says about the client is ignored")
    func ignored() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let request = ClientRequest.track().adding(
            "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Host: app.test", "X-Forwarded-Proto: https",
            "X-Real-IP: 192.0.2.7",
            "Forwarded: for=192.0.2.7", "X-Request-ID: 0190a5b4-5c6d-7e8f-8a9b-0c1d2e3f4a5b")
        let response = try scene.exchange(request)
        let sent = try scene.expectForwarded(response, since: before)
        #expect(response["x-request-id"] != "0190a5b4-5c6d-7e8f-8a9b-0c1d2e3f4a5b")
        #expect(try scene.exchange(request.adding("Origin: https://app.test")).status == 403)
        #expect(sent["x-forwarded-for"] == nil)
        #expect(!sent.text.contains("192.0.2.7"))
        #expect(try scene.edge.record(of: response["x-request-id"])["client"] == nil)
    }

    @Test("A peer that sends X-Forwarded-For and is not listed is named once in a warning")
    func warning() throws {
        let scene = try Scene.of()
        for _ in 0..<3 { _ = try scene.exchange(.track().adding("X-Forwarded-For: 192.0.2.7")) }
        let line = try scene.edge.process.errors.waitForLine("warning") { $0.contains("X-Forwarded-For") ? $0 : nil }
        #expect(line.contains("127.0.0.1"))
        #expect(scene.edge.process.errors.lines.count { $0.contains("X-Forwarded-For") } == 1)
    }
}
