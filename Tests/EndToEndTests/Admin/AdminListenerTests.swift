import EdgeTestSupport
import Glibc
import Testing

/// The admin listener: what it answers, to whom, and what it costs when somebody means it ill.
@Suite(.serialized) struct AdminListenerTests {
    @Test("Its paths answer GET and HEAD; anything else is told what there is")
    func paths() throws {
        let admin = try AdminScene(RecordingUpstream())
        for (path, text) in [("/livez", "ok\n"), ("/readyz", "ready\n"), ("/readyz?verbose=1", "ready\n")] {
            let response = try admin.ask(path)
            #expect(response.status == 200 && response.text == text)
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
            let response = try admin.ask("/readyz", method: method)
            #expect(response.status == 405 && response["allow"] == "GET, HEAD")
        }
        for path in ["/v1/track", "/metrics/", "/../metrics", "//metrics", "/%6Detrics", "*"] {
            let response = try admin.ask(path)
            #expect(response.status == 404 && response.text.contains("  /readyz"), "\(path)")
        }
        let head = try RawClient(port: admin.port)
        try head.send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let answer = String(decoding: try head.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\n"))
        // The edge's own port knows nothing of all this.
        for path in ["/livez", "/readyz", "/metrics", "/status"] {
            #expect(try admin.scene.exchange(.track(line: "GET \(path) HTTP/1.1")).status == 401)
        }
        try admin.scene.expectInvariants()
    }

    @Test("`/status` is JSON that says what runs")
    func status() throws {
        let admin = try AdminScene(RecordingUpstream())
        let client = try admin.scene.connect()
        try client.send(ClientRequest.track().bytes)
        _ = try client.response()
        let status = try admin.ask("/status").json()
        #expect(status["version"]?.string?.isEmpty == false)
        #expect(status["pid"]?.number ?? 0 > 1)
        #expect(status["started"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(status["configuration"]?.string == "\(admin.scene.edge.folder.path)/config.json")
        #expect(status["generation"] == 1)
        #expect(status["lastReload"] == .null)
        #expect(status["ready"] == true)
        #expect(status["connections"] == 1)
        #expect(status["listeners"] == [.string("http://127.0.0.1:\(admin.scene.edge.port)")])
    }

    @Test("A page of a stranger's that has its name lead here gets nothing, nor does any other site's")
    func strangers() throws {
        let admin = try AdminScene(RecordingUpstream())
        for fields in [
            ["Host: evil.example.com"], ["Host: evil.example.com:\(admin.port)"],
            ["Host: 127.0.0.1", "Host: evil.example.com"], ["Sec-Fetch-Site: cross-site"],
            ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors"],
        ] {
            let response = try admin.ask("/metrics", fields)
            #expect(response.status == 403, "\(fields)")
            #expect(!response.text.contains("plunk_edge"))
        }
        for fields in [
            ["Host: localhost:\(admin.port)"], ["Host: edge.localhost"], ["Sec-Fetch-Site: same-origin"],
            ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"],
        ] {
            #expect(try admin.ask("/metrics", fields).status == 200, "\(fields)")
        }
    }

    @Test("Keys in what is asked are in no answer and in no log")
    func keys() throws {
        let admin = try AdminScene(RecordingUpstream())
        for key in [Planted.secret, Planted.publicKey] {
            for path in ["/\(key)", "/metrics?key=\(key)", "/status?\(key)"] {
                _ = try admin.ask(path, ["Authorization: Bearer \(key)", "X-Api-Key: \(key)", "Cookie: a=\(key)"])
            }
            _ = try admin.ask("/metrics", method: "POST", ["X-Api-Key: \(key)"])
            _ = try admin.scene.exchange(.track().replacing("Authorization: Bearer \(key)"))
        }
        for path in ["/metrics", "/status", "/readyz", "/livez", "/nothing"] { _ = try admin.ask(path) }
        try admin.scene.expectInvariants()
    }

    @Test("Who closes its half behind a request gets the answer, and one of HTTP/1.0 gets no chunks")
    func halfClosed() throws {
        let admin = try AdminScene(RecordingUpstream())
        for path in ["/livez", "/metrics"] {
            let client = try RawClient(port: admin.port)
            try client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.halfClose()
            #expect(try client.response().status == 200, "\(path)")
            #expect(try client.readToEnd() == [])
        }
        let unfinished = try RawClient(port: admin.port)
        try unfinished.send("GET /livez HTTP/1.1\r\n")
        unfinished.halfClose()
        #expect(!String(decoding: try unfinished.readToEnd(), as: UTF8.self).contains("200"))
        let old = try RawClient(port: admin.port)
        try old.send("GET /events HTTP/1.0\r\nHost: localhost\r\n\r\n")
        let start = try old.read(until: "\n\n")
        #expect(start.hasPrefix("HTTP/1.0 200 OK\r\n") && !start.lowercased().contains("chunked"), "\(start)")
    }

    @Test("A crowd that says nothing, slow, large and broken requests keep nobody else from an answer")
    func hostile() throws {
        let admin = try AdminScene(RecordingUpstream())
        var crowd = try (0..<1000).map { _ in try RawClient(port: admin.port) }
        for client in crowd.suffix(50) { try? client.send("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ") }
        #expect(try admin.ask("/readyz").status == 200)
        #expect(try admin.scene.exchange(.track()).status == 200)
        #expect(try admin.metrics()["process_open_fds"] < 300, "of a thousand most are sent away")
        crowd = []
        for text in [
            "GET /metrics HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n",
            "GET /\(String(repeating: "x", count: 200_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /metrics HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 500) + "\r\n",
            "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n"
                + String(repeating: "x", count: 300_000),
            "\u{16}\u{03}\u{01}not http at all\r\n\r\n", "GET\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ] {
            let client = try RawClient(port: admin.port)
            // It may hang up before it has read all.
            try? client.send(text)
            let answer = String(decoding: try client.readToEnd(), as: UTF8.self)
            #expect(!answer.contains("plunk_edge"), "\(text.prefix(40))")
        }
        // Pipelined: the first is answered, then it is over.
        let twice = try RawClient(port: admin.port)
        try twice.send(String(repeating: "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 2))
        #expect(try twice.response().status == 200)
        #expect(try twice.readToEnd() == [])
        // One that does not read is no hindrance.
        let deaf = try RawClient(port: admin.port, receiveBuffer: 1024)
        try deaf.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try admin.ask("/livez").text == "ok\n")
        try admin.scene.expectInvariants()
    }

    @Test("It says starting and draining with 503, is there until the drain is over, and `/livez` stays 200")
    func draining() throws {
        let upstream = try RecordingUpstream()
        let admin = try AdminScene(upstream, ["shutdown": ["delay": "60s", "drain": "60s"]])
        let gate = Gate()
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let client = try admin.scene.connect()
        try client.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        #expect(try admin.ask("/readyz").status == 200)
        admin.scene.edge.process.send(SIGTERM)
        try admin.scene.retry { try admin.ask("/readyz").status == 503 }
        let response = try admin.ask("/readyz")
        #expect(response.text == "not ready: draining\n")
        #expect(try admin.ask("/livez").status == 200)
        #expect(try admin.metrics()["plunk_edge_ready"] == 0)
        #expect(try admin.ask("/status").json()["ready"] == false)
        gate.open()
        #expect(try client.response().status == 200)
    }

    @Test("It ends when the drain is over, and connections to it keep the process from nothing")
    func end() throws {
        let admin = try AdminScene(RecordingUpstream())
        let idle = try RawClient(port: admin.port)
        try idle.send("GET /met")
        #expect(try admin.scene.edge.terminate(atMost: .seconds(5)) == 0)
        #expect(try idle.readToEnd() == [])
    }

    @Test("A port in use is one line and 71, as for any listener")
    func portInUse() throws {
        let (socket, port) = try Socket.listen()
        defer { socket.shutDown() }
        let folder = try TemporaryFolder()
        let configuration = JSONValue.configuration(listener: "127.0.0.1:0", upstream: 1)
            .merging(["admin": ["address": .string("127.0.0.1:\(port)")]])
        let file = try folder.write("config.json", configuration.encoded())
        let process = try EdgeProcess.run("serve", "--config", file)
        #expect(try process.waitForExit() == 71)
        let errors = try process.errors.waitForEnd()
        #expect(errors.split(separator: "\n").count == 1, "\(errors)")
        #expect(errors.contains("127.0.0.1:\(port)"))
    }

    @Test("A traffic listener that cannot be bound ends it, too")
    func otherPortInUse() throws {
        let (socket, port) = try Socket.listen()
        defer { socket.shutDown() }
        let folder = try TemporaryFolder()
        let configuration = JSONValue.configuration(listener: "127.0.0.1:\(port)", upstream: 1)
            .merging(["admin": ["address": "127.0.0.1:0"]])
        let process = try EdgeProcess.run(
            "serve", "--config", try folder.write("config.json", configuration.encoded()))
        #expect(try process.waitForExit() == 71)
    }
}
