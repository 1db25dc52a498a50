import EdgeTestSupport
import Testing

/// Proxies on the way to Plunk: the configured one and no other.
@Suite(.serialized) struct ProxyTests {
    private static let settings: JSONValue = ["url": "http://10.9.8.7:8080/prefix"]

    @Test("A configured proxy is asked for a tunnel, and sees no key outside it and nothing of a .netrc")
    func tunnel() throws {
        let proxy = try RecordingUpstream()
        proxy.perform { [ledger = proxy.ledger] request in
            // Proxy and Plunk in one: what comes through the tunnel is answered on the same connection.
            request.requestLine.hasPrefix("CONNECT")
                ? [.send("HTTP/1.1 200 Connected\r\n\r\n")] : [ledger.answer(request)]
        }
        let home = try TemporaryFolder()
        _ = try home.write(".netrc", Array("machine 127.0.0.1 login a password b\ndefault login a password b\n".utf8))
        // Nor does the environment say whom it is not for.
        let scene = try start(proxy, environment: ["HOME": home.path, "no_proxy": "*", "NO_PROXY": "*"])
        for _ in 0..<3 { #expect(try scene.exchange(.track()).text == PlunkLedger.success) }
        let connects = proxy.requests.filter { $0.requestLine == "CONNECT 10.9.8.7:8080 HTTP/1.1" }
        let events = proxy.requests.filter { !$0.requestLine.hasPrefix("CONNECT") }
        #expect(!connects.isEmpty)
        #expect(connects.allSatisfy { $0["authorization"] == nil && $0["proxy-authorization"] == nil })
        #expect(events.count == 3)
        #expect(events.flatMap { $0.violations(prefix: "/prefix") } == [])
        #expect(events.allSatisfy { $0["host"] == "10.9.8.7:8080" })
        #expect(try scene.edge.terminate() == 0)
    }

    @Test(
        "A proxy that says no, or no HTTP, is a 502",
        arguments: [
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "nonsense\r\n\r\n",
        ])
    func refusal(answer: String) throws {
        let proxy = try RecordingUpstream()
        proxy.perform { _ in [.send(answer), .close] }
        let scene = try start(proxy)
        let refusal = Refusal(
            status: 502, code: "EXTERNAL_SERVICE_ERROR", reason: "upstream_connect", outcome: "upstream_failed")
        try scene.expect(refusal, try scene.exchange(.track()))
        #expect(!proxy.requests.isEmpty)
        #expect(proxy.requests.allSatisfy { $0.requestLine.hasPrefix("CONNECT") }, "the key went out")
        #expect(try scene.edge.terminate() == 0)
    }

    @Test("The environment's proxy is nobody's business")
    func environmentProxy() throws {
        let (upstream, proxy) = (try RecordingUpstream(), try RecordingUpstream())
        let address = "http://127.0.0.1:\(proxy.port)"
        let edge = try EdgeProcess(
            upstream: upstream.port,
            environment: [
                "http_proxy": address, "https_proxy": address, "HTTPS_PROXY": address, "ALL_PROXY": address,
            ])
        let scene = Scene(edge: edge, upstream: upstream)
        #expect(try scene.exchange(.track()).status == 200)
        #expect(proxy.connectionCount == 0)
        try scene.expectInvariants()
    }

    private func start(_ proxy: RecordingUpstream, environment: [String: String] = [:]) throws -> Scene {
        let settings = Self.settings.merging(["proxy": "http://127.0.0.1:\(proxy.port)"])
        return Scene(
            edge: try EdgeProcess(upstream: 0, ["upstream": settings], environment: environment), upstream: proxy)
    }
}
