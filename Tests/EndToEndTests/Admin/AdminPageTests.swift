import EdgeCore
import EdgeTestSupport
import Testing

/// The page of the admin listener, in a headless Chromium that somebody else's eyes could be.
@Suite struct AdminPageTests {
    private static let changes: JSONValue = [
        "keys": [["name": "web", "accepts": [.string(Planted.publicKey)]]]
    ]

    /// What a shell would run if it were not quoted.
    private static let identifier = "x|touch$IFS'evil'&`id`"

    /// One browser and one edge for all of it: both are slow to start. The browser ends the edge in the end.
    @Test("The page shows what comes, filters it, tells its story, and says when the edge has gone")
    func page() throws {
        let upstream = try RecordingUpstream()
        let admin = try AdminScene(upstream, Self.changes)
        let edge = admin.scene.edge
        try makeRequests(edge)
        upstream.perform { _ in [.answer(500, ["Content-Type: application/json"], body: "{}")] }
        let seen = try look(at: edge, admin.port)
        try #require(seen.count == 9)
        try expectRequests(seen)
        expectStories(seen[2])
        #expect(seen[3]["outcome"] == ["forwarded"])
        #expect(seen[3]["reason"] == ["secret key"])
        #expect(seen[3]["text"] == ["missing auth"])
        #expect(seen[3]["nothing"] == [])
        #expect(seen[3]["nothing empty"] == "None of the requests that are kept here match.")
        #expect(seen[4]["text"] == "Resume (1 new)")
        #expect(seen[4]["rows"] == 4)
        let statuses = try #require(seen[4]["statuses"]?.rows)
        #expect(statuses.compactMap(\.first) == ["500", "401"])
        #expect(Set(statuses.compactMap(\.last)).count == 2, "what failed has a colour of its own")
        try expectLooks(seen[5])
        try expectPeace(seen[6], admin.port)
        #expect(seen[7]["complaints"] == 1, "a script that was planted is refused, and that is noticed")
        #expect(seen[7]["ran"] == false)
        #expect(seen[8]["stream"] == "Connection lost. Trying again")
        #expect(seen[8]["ready"] == "No answer")
        #expect(try edge.process.waitForExit() == 0)
        for mark in Planted.marks {
            for step in seen { #expect(!String(decoding: try step.encoded(), as: UTF8.self).contains(mark)) }
        }
    }

    /// One that is forwarded, one that would be a script if it were taken for one, one with a secret.
    private func makeRequests(_ edge: EdgeProcess) throws {
        let requests = [
            ClientRequest.track().adding(
                "User-Agent: <img src=x onerror=alert(2)>", "X-Request-ID: \(Self.identifier)"),
            ClientRequest(line: "GET /<script>alert(1)</script> HTTP/1.1", fields: ["Host: edge.test"], body: []),
            ClientRequest.track().replacing("Authorization: Bearer \(Planted.secret)"),
        ]
        for request in requests {
            let client = try RawClient(port: edge.port)
            try client.send(request.bytes)
            let response = try client.response()
            _ = try edge.record(of: response["X-Request-ID"])
        }
    }

    private func look(at edge: EdgeProcess, _ admin: UInt16) throws -> [JSONValue] {
        let browser = try Tool.python.start([
            Tool.program("admin_page.py"), Tool.browser.path, "\(admin)", "\(edge.port)", Planted.publicKey,
        ])
        try #require(try browser.waitForExit(atMost: .seconds(60)) == 0, "\(browser.errors.text)")
        return try browser.output.waitForEnd().split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private func expectRequests(_ seen: [JSONValue]) throws {
        let rows = try #require(seen[0]["rows"]?.rows)
        #expect(
            rows.map { Array($0.dropFirst().prefix(5)) } == [
                ["401", "secret key", "POST /v1/track", "…cdef", "127.0.0.1"],
                ["401", "missing auth", "GET /<script>alert(1)</script>", "", "127.0.0.1"],
                ["200", "forwarded", "POST /v1/track", "web", "127.0.0.1"],
            ])
        #expect(seen[0]["ready"] == "Ready")
        #expect(seen[0]["reasons"] == ["secret key", "1", "missing auth", "1"])
        #expect(seen[0]["bars"]?.number ?? 0 >= 2, "one bar in two colours; two, where a minute ended meanwhile")
        #expect(seen[1]["rows"]?.rows.first?.dropFirst().prefix(3) == ["401", "unknown key", "GET /live"])
    }

    private func expectStories(_ step: JSONValue) {
        let secret = step["secret key"]?.string ?? ""
        for part in ["What happened", "3: no secret key", "401 INVALID_API_KEY", "Rotate the key", "key.id"] {
            #expect(secret.contains(part), "\(part) in \(secret)")
        }
        let forwarded = step["forwarded"]?.string ?? ""
        let command = #"--request-id='x|touch$IFS'\''evil'\''&`id`'"#
        for part in ["all 14 let it pass", "upstream.attempts", "<img src=x onerror=alert(2)>", command] {
            #expect(forwarded.contains(part), "\(part) in \(forwarded)")
        }
        #expect(step["missing auth"]?.string?.contains("/<script>alert(1)</script>") == true)
    }

    private func expectLooks(_ step: JSONValue) throws {
        #expect(step["order"] == ["traffic", "latency", "reasons", "list"], "on a phone the list comes last")
        let colours = try #require(step["colours"]?.object)
        #expect(colours["light"] != colours["dark"])
        for (screen, width) in try #require(step["widths"]?.object) {
            #expect(width.number ?? .infinity <= Double(screen) ?? 0, "sideways at \(screen)")
        }
    }

    private func expectPeace(_ step: JSONValue, _ admin: UInt16) throws {
        #expect(step["complaints"] == [], "nothing in the console, nothing refused")
        let paths = ["", "events", "page.css", "page.js", "reasons.json", "statistics", "status"]
        #expect(step["addresses"] == .array(paths.map { .string("http://127.0.0.1:\(admin)/\($0)") }))
        #expect(step["scripts"] == 1)
        #expect(step["document"]?.string?.contains("&lt;script&gt;alert(1)&lt;/script&gt;") == true)
    }

    // MARK: Without a browser

    @Test("A page of three files, nothing from elsewhere, nothing to write to")
    func files() throws {
        let upstream = try RecordingUpstream()
        let admin = try AdminScene(upstream, Self.changes)
        var size = 0
        for (path, type) in [("/", "html"), ("/page.css", "css"), ("/page.js", "javascript")] {
            let response = try admin.ask(path)
            #expect(response.status == 200)
            #expect(response["Content-Type"] == "text/\(type); charset=utf-8")
            #expect(response["Content-Security-Policy"]?.hasPrefix("default-src 'none'; script-src 'self';") == true)
            #expect(response["Content-Security-Policy"]?.contains("unsafe") == false)
            #expect(response["Referrer-Policy"] == "no-referrer")
            #expect(response["Cross-Origin-Resource-Policy"] == "same-origin")
            #expect(!response.text.contains("innerHTML") && !response.text.contains(" style=\""))
            size += response.body.count
        }
        #expect(size < 32 * 1024)
        let script = try admin.ask("/page.js").text
        let outcomes = Outcome.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        #expect(script.contains("const outcomes = [\(outcomes)];"))
        #expect(try admin.ask("/", method: "POST", ["Content-Length: 0"]).status == 405)
    }

    @Test("Sixteen may look on, and all are let go at the end")
    func places() throws {
        let upstream = try RecordingUpstream()
        let admin = try AdminScene(upstream, Self.changes)
        try makeRequests(admin.scene.edge)
        let request = "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        var clients: [RawClient] = []
        for _ in 0..<16 {
            let client = try RawClient(port: admin.port)
            try client.send(request)
            let start = try client.read(until: "secret_key")
            #expect(start.contains("HTTP/1.1 200 OK") && start.contains("\nid: "))
            for mark in Planted.marks { #expect(!start.contains(mark)) }
            clients.append(client)
        }
        #expect(try admin.ask("/events").status == 503)
        #expect(try admin.scene.edge.terminate() == 0)
        for client in clients { _ = try client.readToEnd() }
    }
}

extension JSONValue {
    /// A table of texts.
    fileprivate var rows: [[String]] {
        guard case .array(let rows) = self else { return [] }
        return rows.map { row in
            guard case .array(let cells) = row else { return [] }
            return cells.compactMap(\.string)
        }
    }
}
