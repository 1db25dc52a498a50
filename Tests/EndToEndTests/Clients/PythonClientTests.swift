import EdgeTestSupport
import Testing

/// Python's httpx, whose HTTP/2 is the h2 package's.
@Suite struct PythonClientTests {
    @Test("Fifty events of httpx at once are answered over HTTP/2")
    func concurrency() throws {
        let stage = try SecureStage()
        let client = try Tool.python.start([
            Tool.program("events.py"), stage.url, "\(stage.certificates.path)/authority.pem", Planted.publicKey, "50",
        ])
        #expect(try client.waitForExit(atMost: .seconds(30)) == 0, "\(client.errors.text)")
        #expect(try client.output.waitForEnd() == "50 HTTP/2 200\n")
        let events = stage.upstream.ledger.events.compactMap { $0["event"]?.string }
        #expect(Set(events) == Set((0..<50).map { "event-\($0)" }))
        #expect(events.count == 50)
        try stage.scene.expectInvariants()
    }
}
