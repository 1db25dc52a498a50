import EdgeTestSupport
import Foundation
import Testing

/// Start, stop, and the world around the process.
@Suite(.serialized) struct LifecycleTests {
    @Test("Start says in at most five lines what listens where, and with what")
    func startUp() async throws {
        try await Scene.run([:]) {
            let scene = try Scene.of()
            #expect(try scene.exchange(.track()).status == 200)
            let lines = scene.edge.process.errors.lines
            #expect((1...5).contains(lines.count), "\(lines)")
            let text = scene.edge.process.errors.text
            #expect(text.contains("http://127.0.0.1:\(scene.edge.port)"))
            #expect(text.contains("http://127.0.0.1:\(scene.upstream.port)/v1/track"))
            #expect(text.contains(/libcurl.\d+\.\d+\.\d+/))
            #expect(text.contains(/OpenSSL.\d+\.\d+\.\d+/))
        }
    }

    @Test("TERM and INT finish what is in flight, take nothing new, and end with 0", arguments: [SIGTERM, SIGINT])
    func drain(signal: Int32) throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let gate = Gate()
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let busy = try RawClient(port: edge.port)
        // Enough for every event loop to have one: once they have ended, every loop knows.
        let idle = try (0..<8).map { _ in try RawClient(port: edge.port) }
        for client in idle {
            try client.send(ClientRequest.track().without("Authorization").bytes)
            #expect(try client.response().status == 401)
        }
        try busy.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        edge.process.send(signal)
        for client in idle { #expect(try client.readToEnd() == [], "an idle connection ends") }
        #expect(throws: (any Error).self) {
            let late = try RawClient(port: edge.port)
            try late.send(ClientRequest.smuggled.bytes)
            _ = try late.response()
        }
        #expect(edge.process.isRunning)
        gate.open()
        let response = try busy.response()
        #expect(response.status == 200)
        #expect(response.closesConnection)
        #expect(try busy.readToEnd() == [])
        #expect(try edge.process.waitForExit() == 0)
        #expect(try edge.record(of: response["x-request-id"])["outcome"] == "forwarded", "the log is complete")
    }

    @Test("A request that is on its way when the end begins gets its answer, the last of its connection")
    func farewell() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let (new, used) = (try RawClient(port: edge.port), try RawClient(port: edge.port))
        try used.send(ClientRequest.track().bytes)
        #expect(try !used.response().closesConnection)
        edge.process.send(SIGTERM)
        // Nobody is accepted any more, which comes behind the beginning of the end.
        let deadline = ContinuousClock.now + .seconds(20) * SanitizerCost.time
        while (try? RawClient(port: edge.port)) != nil { try #require(.now < deadline) }
        for client in [new, used] { try client.send(ClientRequest.track().bytes) }
        for client in [new, used] {
            let response = try client.response()
            #expect(response.status == 200)
            #expect(response.closesConnection)
            #expect(try client.readToEnd() == [])
        }
        #expect(try edge.process.waitForExit() == 0)
    }

    @Test("The end cuts off no answer that a client is late to take")
    func slowReader() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let (client, clock) = (try RawClient(port: edge.port, receiveBuffer: 4096), try RawClient(port: edge.port))
        // More answers than the kernel takes, so that the edge keeps some, and requests behind them.
        let request = ClientRequest.track().without("Authorization").bytes
        var (sent, answered) = (0, 0)
        while answered == sent {
            try client.send(Array(repeatElement(request, count: 50).joined()))
            sent += 50
            let end = ContinuousClock.now + .milliseconds(500) * SanitizerCost.time
            repeat {
                #expect(try clock.staysOpen(for: .milliseconds(5)))
                answered = edge.process.output.lines.count
            } while answered < sent && .now < end
        }
        edge.process.send(SIGTERM)
        // The connections that have nothing to do are ended, so all have heard of it.
        #expect(try clock.readToEnd() == [])
        var (bytes, count) = (try client.readToEnd(), 0)
        while let (_, length) = try HTTPResponse.parse(bytes) {
            bytes.removeFirst(length)
            count += 1
        }
        #expect(bytes == [], "the last answer is whole")
        #expect(count >= answered)
        #expect(try edge.process.waitForExit() == 0)
        #expect(edge.process.output.lines.count == count)
    }

    @Test("What takes longer than the drain is cut off")
    func drainDeadline() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, ["shutdown": ["drain": "300ms"]])
        upstream.perform { _ in [.stall] }
        let client = try RawClient(port: edge.port)
        try client.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        #expect(try edge.terminate() == 0)
        let response = try client.response()
        #expect(response.status == 502)
        #expect(response.text.contains("may have been recorded"))
        #expect(try edge.record(of: response["x-request-id"])["reason"] == "upstream_closed")
    }

    @Test("A second signal ends at once")
    func secondSignal() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        upstream.perform { _ in [.stall] }
        let busy = try RawClient(port: edge.port)
        try busy.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        edge.process.send(SIGTERM)
        _ = try edge.process.errors.waitForLine("stopping") { $0.contains("stopping after") ? true : nil }
        // The same once more, as timeout(1) does it, is no second one.
        edge.process.send(SIGTERM)
        #expect(try busy.staysOpen(for: .milliseconds(700)))
        edge.process.send(SIGTERM)
        #expect(try edge.process.waitForExit(atMost: .seconds(10)) == 1)
    }

    @Test("A port in use is one line and 71")
    func portInUse() throws {
        let (socket, port) = try Socket.listen()
        defer { socket.shutDown() }
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "127.0.0.1:\(port)", upstream: 1).encoded())
        let process = try EdgeProcess.run("serve", "--config", file)
        #expect(try process.waitForExit() == 71)
        let errors = try process.errors.waitForEnd()
        #expect(errors.split(separator: "\n").count == 1, "\(errors)")
        #expect(errors.contains("127.0.0.1:\(port)"))
    }

    @Test("A place of the admin listener, or of another, that is taken is one line and 71, at every try")
    func adminInUse() throws {
        let folder = try TemporaryFolder()
        let admin: JSONValue = ["admin": ["address": "unix:admin.sock"]]
        let first = try EdgeProcess(upstream: 1, admin, folder: folder)
        let second = try folder.write("second.json", EdgeProcess.configuration(upstream: 1, admin).encoded())
        let (socket, port) = try Socket.listen()
        defer { socket.shutDown() }
        let taken: JSONValue = [
            "admin": ["address": "127.0.0.1:0"], "listeners": [["address": "127.0.0.1:\(port)"]],
        ]
        let third = try folder.write("third.json", EdgeProcess.configuration(upstream: 1, taken).encoded())
        for _ in 0..<6 {
            for (file, place) in [(second, "admin.sock"), (third, "127.0.0.1:\(port)")] {
                let process = try EdgeProcess.run("serve", "--config", file)
                #expect(try process.waitForExit() == 71)
                let errors = try process.errors.waitForEnd()
                #expect(errors.split(separator: "\n").count == 1 && errors.contains(place), "\(errors)")
            }
        }
        #expect(try first.terminate() == 0)
    }

    @Test("`serve` is the default, and a bad configuration is 78 before anything listens")
    func badConfiguration() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("config.json", Array(#"{"listeners":[],"upstrem":{"url":"ftp://a"}}"#.utf8))
        for arguments in [["serve", "--config", file], ["--config", file]] {
            let process = try ChildProcess(EdgeProcess.binary, arguments)
            #expect(try process.waitForExit() == 78)
            #expect(try process.errors.waitForEnd().contains("upstream"))
        }
        let missing = try EdgeProcess.run("serve", "--config", "\(folder.path)/none.json")
        #expect(try missing.waitForExit() == 78)
        #expect(try missing.errors.waitForEnd().contains("none.json"))
    }

    @Test("Wrong usage is 64", arguments: [["--nothing"], ["serve"], ["check"], ["demo", "--port", "x"], ["nothing"]])
    func wrongUsage(arguments: [String]) throws {
        #expect(try ChildProcess(EdgeProcess.binary, arguments).waitForExit() == 64)
    }

    @Test("A Unix domain socket is served, and its peer is trusted")
    func unixSocket() throws {
        let upstream = try RecordingUpstream()
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/edge.sock"
        let edge = try EdgeProcess(
            upstream: upstream.port, ["listeners": [["address": "unix:\(path)"], ["address": "127.0.0.1:0"]]])
        // A second edge does not take it away.
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "unix:\(path)", upstream: upstream.port).encoded())
        let second = try EdgeProcess.run("serve", "--config", file)
        #expect(try second.waitForExit() == 71)
        #expect(try second.errors.waitForEnd().contains("another program uses this socket"))
        let client = try RawClient(unixPath: path)
        try client.send(ClientRequest.track().adding("X-Forwarded-For: 192.0.2.7").bytes)
        let response = try client.response()
        #expect(response.status == 200)
        #expect(upstream.requests.last?["x-forwarded-for"] == "192.0.2.7")
        #expect(try edge.record(of: response["x-request-id"])["client"] == "192.0.2.7")
        #expect(try edge.terminate() == 0)
        // A stale socket file does not keep the next one from starting.
        let next = try EdgeProcess(upstream: upstream.port, ["listeners": [["address": "unix:\(path)"]]])
        let again = try RawClient(unixPath: path)
        try again.send(ClientRequest.track().bytes)
        #expect(try again.response().status == 200)
        #expect(try next.terminate() == 0)
    }

    @Test("What is no socket is not taken for one")
    func noSocket() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("edge.sock", Array("precious".utf8))
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "unix:\(path)", upstream: 1).encoded())
        let process = try EdgeProcess.run("serve", "--config", file)
        #expect(try process.waitForExit() == 71)
        #expect(try process.errors.waitForEnd().contains("something that is no socket is in the way"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test("File descriptors that run out do not end the process or its other connections")
    func descriptorsExhausted() throws {
        let upstream = try RecordingUpstream()
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "127.0.0.1:0", upstream: upstream.port).encoded())
        let process = try ChildProcess(
            "/bin/sh", ["-c", "ulimit -n 64; exec \"$0\" serve --config \"$1\"", EdgeProcess.binary, file])
        let port = try process.errors.waitForLine("start-up line") { line in
            line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
        }
        let first = try RawClient(port: port)
        try first.send(ClientRequest.track().bytes)
        #expect(try first.response().status == 200)
        do {
            let crowd = try (0..<100).map { _ in try RawClient(port: port) }
            try first.send(ClientRequest.track().bytes)
            #expect(try first.response().status == 200)
            _ = crowd.count
        }
        // Whoever is over the cap is told so; once the crowd has been seen to leave there is room again.
        let end = ContinuousClock.now + .seconds(5)
        var status = 503
        while status == 503, .now < end {
            let later = try RawClient(port: port)
            try later.send(ClientRequest.track().bytes)
            status = try later.response().status
        }
        #expect(status == 200)
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }
}

extension JSONValue {
    /// The smallest configuration.
    static func configuration(listener: String, upstream: UInt16) -> JSONValue {
        ["listeners": [["address": "\(listener)"]], "upstream": ["url": "http://127.0.0.1:\(upstream)"]]
    }
}
