import EdgeCore
import EdgeTestSupport
import Testing

@testable import EdgeUpstream

/// How an upstream is reached: its addresses, a proxy, or not at all.
@Suite struct UpstreamReachTests {
    @Test("Fixed addresses are used instead of the resolver; the name stays in Host")
    func fixedAddresses() async throws {
        let server = try ScriptedServer([.answer(.recorded)])
        try await Harness.with(port: server.port, host: "plunk.invalid", { $0.addresses = [.v4Loopback] }) {
            client async throws in
            #expect(try await client.send().status == 200)
        }
        #expect(server.requests.first?["host"] == "plunk.invalid:\(server.port)")
    }

    @Test("A name that does not resolve is a failure to connect")
    func unresolvable() async throws {
        try await Harness.with(port: 80, host: "plunk.invalid") { client async throws in
            #expect(try await client.send().failure == .connect)
        }
    }

    @Test("Nothing listens: connect fails five times, then the breaker answers at once")
    func refused() async throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        try await Harness.with(port: port) { client async throws in
            for _ in 0..<Breaker.threshold { #expect(try await client.send().failure == .connect) }
            var result = try await client.send()
            // A test that had to wait its turn for longer than the breaker pauses has sent a probe, whose failure is one more.
            for _ in 0..<10 where result.failure == .connect { result = try await client.send() }
            // 5, less what has passed since the last failure.
            #expect((1...5).contains { result.failure == .down(retryAfterSeconds: $0) })
            #expect(result.trace.attempts == 0)
        }
    }

    @Test("A proxy is asked for a tunnel, and the request goes through it")
    func proxy() async throws {
        let proxy = try ScriptedServer([.answer("HTTP/1.1 200 Connection established\r\n\r\n"), .answer(.recorded)])
        let configure = { (settings: inout UpstreamSettings) in settings.proxy = "http://127.0.0.1:\(proxy.port)" }
        try await Harness.with(port: 8080, host: "plunk.invalid", configure) { client async throws in
            #expect(try await client.send().status == 200)
        }
        #expect(proxy.requests.count == 2)
        #expect(proxy.requests.first?.requestLine == "CONNECT plunk.invalid:8080 HTTP/1.1")
        #expect(proxy.requests.first?["authorization"] == nil)
        #expect(proxy.requests.last?.requestLine == "POST /v1/track HTTP/1.1")
    }

    @Test(
        "What is forgotten behind a failure is where libcurl connects to",
        arguments: [
            ("plunk.example.com", nil, "plunk.example.com:443"), ("192.0.2.1", nil, "192.0.2.1:443"),
            ("2001:db8::1", nil, nil), ("plunk.example.com", "http://proxy.example.com:3128", "proxy.example.com:3128"),
            ("plunk.example.com", "http://[2001:db8::1]:3128", nil),
        ] as [(String, String?, String?)])
    func forgotten(host: String, proxy: String?, place: String?) {
        var settings = UpstreamSettings(origin: .init(scheme: .https, host: host, port: 443, pathPrefix: ""))
        settings.proxy = proxy
        #expect(ConnectionOptions.resolvedPlace(settings) == place)
    }

    @Test("A proxy that refuses is a failure to connect, and nothing was sent")
    func proxyRefuses() async throws {
        let proxy = try ScriptedServer([.answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")])
        let configure = { (settings: inout UpstreamSettings) in settings.proxy = "http://127.0.0.1:\(proxy.port)" }
        try await Harness.with(port: 8080, host: "plunk.invalid", configure) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .connect)
            #expect(result.trace.attempts == 0)
        }
    }
}
