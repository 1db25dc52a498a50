import EdgeTestSupport
import Testing

/// A web page's fetch() and sendBeacon(), in a headless Chromium over HTTP/2.
@Suite(.serialized) struct BrowserTests {
    /// One browser for all cases: it is slow to start.
    @Test("A page sends events from the edge's origin and from an allowed one, and from no other")
    func pages() throws {
        let stage = try SecureStage(["api", "browser"], changes: Self.changes.merging(["trustedProxies": []])) {
            try $0.make("api", names: ["api.edge.test"])
            try $0.make("browser", names: ["edge.test", "api.edge.test", "allowed.test", "denied.test"])
        }
        stage.upstream.perform { [ledger = stage.upstream.ledger] request in
            request.text.contains("abandoned") ? [.stall] : [ledger.answer(request)]
        }
        let browser = try Tool.python.start([
            Tool.program("browser.py"), Tool.browser.path, "\(stage.edge.port)", stage.certificates.path,
            Planted.publicKey,
        ])
        try #require(try browser.waitForExit(atMost: .seconds(60)) == 0, "\(browser.errors.text)")
        let results = try browser.output.waitForEnd().split(separator: "\n").map {
            try JSONValue(parsing: Array($0.utf8))
        }
        let origins = ["https://edge.test", "https://api.edge.test", "https://allowed.test", "https://denied.test"]
        #expect(results.map { $0["origin"]?.string } == origins)
        for (result, type) in zip(results, ["basic", "basic", "cors"]) {
            #expect(result["status"] == 200)
            #expect(result["success"] == true)
            #expect(result["type"]?.string == type)
            let record = try stage.edge.record(of: result["request"]?.string)
            #expect(record["protocol"] == "HTTP/2")
            #expect(record["origin"] == result["origin"])
            #expect(record["outcome"] == "forwarded")
        }
        #expect(results.first?["protocol"] == "h2")
        #expect(results.first?["abandoned"] == "TimeoutError")
        #expect(results.first?["burst"] == 150)
        #expect(results.last?["error"] == "TypeError")
        try stage.scene.expectInvariants()
        try expectRecords(stage)
        // Beacons overtake one another.
        let events = Set(stage.upstream.ledger.events.compactMap { $0["event"]?.string })
        let senders = ["edge", "api.edge", "allowed"]
        #expect(events == Set(senders + senders.map { "\($0)-beacon" } + ["burst"]))
        #expect(stage.upstream.ledger.events.count == 6 + 150)
    }

    /// A beacon carries no Authorization, so there is a key for requests without.
    private static let changes: JSONValue = [
        "origins": ["same-origin", "https://allowed.test"], "requireOrigin": true,
        "keys": [["name": "web", "accepts": [.string(Planted.publicKey)], "whenMissing": true]],
    ]

    /// What the log says of each origin, the pages themselves aside.
    private func expectRecords(_ stage: SecureStage) throws {
        let records = try stage.edge.process.output.lines.map { try JSONValue(parsing: Array($0.utf8)) }
        func seen(_ origin: String) -> Set<String> {
            let own = records.filter { $0["origin"]?.string == origin }
            return Set(
                own.map { record in
                    [record["method"], record["outcome"], record["reason"]].compactMap { $0?.string }
                        .joined(separator: " ")
                })
        }
        #expect(seen("https://edge.test") == ["POST forwarded", "POST client_gone client_gone"])
        #expect(seen("https://api.edge.test") == ["POST forwarded"])
        #expect(seen("https://allowed.test") == ["OPTIONS preflight preflight", "POST forwarded"])
        #expect(seen("https://denied.test") == ["OPTIONS rejected origin_denied", "POST rejected origin_denied"])
        // The connection for edge.test was used for the other name, and then not used for it any more.
        #expect(records.filter { $0["status"] == 421 }.map { $0["host"]?.string } == ["api.edge.test"])
        #expect(records.allSatisfy { $0["protocol"] == "HTTP/2" })
    }
}
