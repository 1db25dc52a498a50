import EdgeTestSupport
import Testing

/// Connections for which there is no place, where more than HTTP/1.1 is spoken.
@Suite struct PlaceTests {
    private static let limits: JSONValue = ["limits": ["connectionsPerClient": 2], "trustedProxies": []]

    @Test("Over TLS a connection without a place is closed before its handshake, and the log says so")
    func overTLS() throws {
        let stage = try SecureStage(changes: Self.limits)
        let silent = [try stage.scene.connect(), try stage.scene.connect()]
        #expect(try stage.scene.connect().readToEnd() == [])
        let record = try stage.edge.process.output.waitForLine("overloaded") { line in
            try? JSONValue(parsing: Array(line.utf8))
        }
        #expect(record["outcome"] == "overloaded")
        #expect(record["status"] == nil)
        for client in silent { client.halfClose() }
        for client in silent { _ = try client.readToEnd() }
        try stage.expectService()
    }

    @Test("In clear text it is told so as a client of HTTP/1.1 is, whatever it speaks")
    func inClearText() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, Scene.h2c.merging(Self.limits))
        let scene = Scene(edge: edge, upstream: upstream)
        let silent = [try scene.connect(), try scene.connect()]
        let client = try scene.connect()
        try? client.send(HTTP2Client.preface)
        #expect(try client.response().status == 503)
        for client in silent { client.halfClose() }
        for client in silent { _ = try client.readToEnd() }
        #expect(try scene.connectHTTP2().exchange(.track()).status == 200)
    }

    @Test("HTTP in clear text on a port of TLS is told so in HTTP, and goes nowhere")
    func clearText() throws {
        let stage = try SecureStage()
        let client = try stage.scene.connect()
        try client.send(ClientRequest.track().bytes)
        let response = try client.response()
        #expect(response.status == 400)
        #expect(response.text.contains("This port speaks TLS"))
        #expect(try client.readToEnd() == [])
        #expect(try stage.edge.record(of: response["x-request-id"])["reason"] == "bad_request")
        #expect(stage.upstream.requests.isEmpty)
        try stage.expectService()
    }

    @Test("A handshake that drips in ends when its time is over")
    func drippingHandshake() throws {
        let stage = try SecureStage(changes: [
            "limits": ["timeouts": ["header": "2s"]]
        ])
        let client = try stage.scene.connect()
        let start = ContinuousClock.now
        // The beginning of a ClientHello of 512 bytes.
        let hello: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3] + [UInt8](repeating: 7, count: 500)
        var sent = 0
        for byte in hello {
            guard (try? client.send([byte])) != nil, try client.staysOpen(for: .milliseconds(50)) else { break }
            sent += 1
        }
        #expect(sent < hello.count, "though it goes on")
        #expect(start.duration(to: .now) > .milliseconds(1500))
        try stage.expectService()
    }

    @Test(
        "More handshakes than there are places for: a client that has one keeps it, none outlasts its time")
    func handshakes() throws {
        // All of them have to come within this time.
        let header = 12_000 * SanitizerCost.time
        let stage = try SecureStage(
            changes: [
                "limits": ["timeouts": ["header": .string("\(header)ms")], "connectionsPerClient": 2000],
                "trustedProxies": [],
            ])
        let program = """
            import resource, selectors, socket, sys, time
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most), most))
            clients, closed = selectors.DefaultSelector(), 0
            for number in range(1101):
                source = ("127.0.0.1" if number else "127.0.0.2", 0)
                client = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10, source)
                client.send(b"\\x16")
                clients.register(client, selectors.EVENT_READ, number)
            end = time.monotonic() + 20 + int(sys.argv[2]) / 1000
            while closed < 1101 and time.monotonic() < end:
                for key, _ in clients.select(0.1):
                    clients.unregister(key.fileobj)
                    key.fileobj.close()
                    if not key.data:
                        print("the other client after", "more" if closed >= 70 else closed)
                    closed += 1
            print(closed)
            """
        let clients = try ChildProcess("/usr/bin/python3", ["-c", program, "\(stage.edge.port)", "\(header)"])
        #expect(try clients.waitForExit(atMost: .seconds(60) * SanitizerCost.time) == 0, "\(clients.errors.text)")
        #expect(try clients.output.waitForEnd() == "the other client after more\n1101\n")
        let isRefused = { (line: Substring) in line.contains("\"reason\":\"overloaded\"") }
        _ = try stage.edge.process.output.waitForLine("refusal") { isRefused($0) ? true : nil }
        #expect(stage.edge.process.output.lines.count(where: isRefused) < 1101)
        try stage.expectService()
    }
}
