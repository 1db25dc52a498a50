import Testing

@testable import EdgeServer

/// Under which names the admin listener answers.
@Suite struct AdminHostTests {
    @Test(
        "Addresses, names that no stranger can own, and its own name",
        arguments: [
            "127.0.0.1:9090", "127.0.0.1", "[::1]:9090", "192.0.2.7:1", "localhost", "LOCALHOST:9090", "edge:9090",
            "plunk_edge", "edge.localhost", "edge.prod.internal", "metrics.example.com:9090",
        ])
    func allowed(host: String) { #expect(AdminHost.isAllowed(host, own: "Metrics.example.com")) }

    @Test(
        "Everybody else's name",
        arguments: [
            "evil.example.com", "evil.example.com:9090", "127.0.0.1.evil.example", "localhost.evil.example",
            "notlocal", "x.notlocalhost", "edge.internal.evil.example", "", ":9090", "a b", "user@127.0.0.1",
            "127.0.0.1:99999", "[::1", "evil.example.", "internal.", "a/b", "é.internal", "edge.local:1", "local.",
        ])
    func refused(host: String) {
        // One word without a dot is nobody's on the internet.
        #expect(AdminHost.isAllowed(host, own: "metrics.example.com") == (host == "notlocal"))
    }

    @Test("On loopback none that somebody else's network may answer for", arguments: ["127.0.0.1", "::1", "localhost"])
    func loopback(own: String) {
        for host in ["127.0.0.1:9090", "[::1]:9090", "localhost:9090", "edge.localhost", "LOCALHOST"] {
            #expect(AdminHost.isAllowed(host, own: own), "\(host)")
        }
        for host in ["evil:9090", "evil.internal:9090", "edge", "localhost.", "a.localhost.evil"] {
            #expect(!AdminHost.isAllowed(host, own: own), "\(host)")
        }
    }
}
