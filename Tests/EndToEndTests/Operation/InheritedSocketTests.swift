import EdgeTestSupport
import Foundation
import Testing

/// Sockets that somebody else keeps: the edge comes and goes, and nobody is refused.
@Suite(.serialized) struct InheritedSocketTests {
    /// The supervisor that keeps sockets, and the edge that it has started.
    private struct Kept {
        let folder: TemporaryFolder
        let process: ChildProcess
        /// Of the sockets, in order; 0 for Unix domain sockets.
        let ports: [UInt16]

        /// - Parameters:
        ///   - addresses: of sockets to keep.
        ///   - listeners: of the configuration; `SOCKET0` is the address of the first socket.
        init(
            _ addresses: [String], listeners: [JSONValue], admin: String? = nil, upstream: UInt16,
            folder: TemporaryFolder? = nil
        ) throws {
            let folder = try folder ?? TemporaryFolder()
            self.folder = folder
            var configuration: JSONValue = [
                "listeners": .array(listeners), "upstream": ["url": "http://127.0.0.1:\(upstream)"],
                "limits": ["perClient": nil],
            ]
            if let admin { configuration = configuration.merging(["admin": ["address": .string(admin)]]) }
            let file = try folder.write("config.json", configuration.encoded())
            process = try Tool.python.start([Tool.program("supervisor.py"), EdgeProcess.binary, file] + addresses)
            var ports: [UInt16] = []
            _ = try process.output.waitForLine("started") { line in
                if line.hasPrefix("socket ") {
                    ports.append(line.split(separator: ":").last.flatMap { UInt16($0) } ?? 0)
                }
                return line.hasPrefix("started ") ? true : nil
            }
            self.ports = ports
        }

        func waitForStart(_ number: Int) throws {
            _ = try process.output.waitForLine("start \(number)") { $0 == "started \(number)" ? true : nil }
        }

        /// What the edge said it listens on.
        func announcement() throws -> Substring {
            try process.errors.waitForLine("start-up line") { $0.contains("listening on ") ? $0 : nil }
        }
    }

    private func expectService(_ client: RawClient) throws {
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().status == 200)
    }

    @Test("Listeners use the sockets with their addresses, bind the others, and a socket without one is named")
    func matching() throws {
        let upstream = try RecordingUpstream()
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/edge.sock"
        let kept = try Kept(
            [path, "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"],
            listeners: [["address": "SOCKET1"], ["address": "SOCKET0"], ["address": "127.0.0.1:0"]], admin: "SOCKET3",
            upstream: upstream.port, folder: folder)
        let text = try kept.announcement()
        #expect(text.contains("http://127.0.0.1:\(kept.ports[1]) (inherited), unix:\(path) (inherited), http://"))
        let own = try #require(text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)$/).flatMap { UInt16($0.1) })
        try expectService(try RawClient(port: kept.ports[1]))
        try expectService(try RawClient(unixPath: path))
        try expectService(try RawClient(port: own))
        _ = try kept.process.errors.waitForLine("admin listener") {
            $0.hasSuffix("admin on http://127.0.0.1:\(kept.ports[3]) (inherited)") ? true : nil
        }
        let livez = try RawClient(port: kept.ports[3])
        try livez.send(Array("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        #expect(try livez.response().status == 200)
        let warning = try kept.process.errors.waitForLine("warning") { $0.contains("warning") ? $0 : nil }
        #expect(warning.contains("the socket 127.0.0.1:\(kept.ports[2]) was handed over, but no listener has this"))

        // Its owner removes a socket's path, nobody else: the next edge finds it again.
        kept.process.send(SIGHUP)
        try kept.waitForStart(2)
        try expectService(try RawClient(unixPath: path))
        kept.process.send(SIGTERM)
        #expect(try kept.process.waitForExit() == 0)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("A socket of both families serves a listener of IPv4, and its clients are IPv4's")
    func dualStack() throws {
        let upstream = try RecordingUpstream()
        let folder = try TemporaryFolder()
        // The port is known too late for the address that the listener has, so it goes by a template of its own.
        let kept = try Kept(
            ["[::]:0"], listeners: [["address": "SOCKET0"]], upstream: upstream.port, folder: folder)
        let port = kept.ports[0]
        #expect(try kept.announcement().contains("http://[::]:\(port) (inherited)"))
        let client = try RawClient(port: port)
        try expectService(client)
        let record = try kept.process.output.waitForLine("record") {
            $0.contains("\"client\":\"127.0.0.1\"") ? $0 : nil
        }
        #expect(record.contains("forwarded"))
        // From the next start on the listener is IPv4's.
        let file = "\(folder.path)/config.json"
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing("[::]:\(port)", with: "0.0.0.0:\(port)")
        _ = try folder.write("config.json", Array(text.utf8))
        kept.process.send(SIGHUP)
        try kept.waitForStart(2)
        _ = try kept.process.errors.waitForLine("start-up line") {
            $0.contains("http://0.0.0.0:\(port) (inherited)") ? true : nil
        }
        try expectService(try RawClient(port: port))
        kept.process.send(SIGTERM)
        #expect(try kept.process.waitForExit() == 0)
    }

    @Test("Restarts under load fail no request, on new connections and on kept ones", arguments: [false, true])
    func restart(isTLS: Bool) throws {
        let upstream = try RecordingUpstream()
        let certificates = isTLS ? try CertificateFolder() : nil
        var listener: JSONValue = ["address": "SOCKET0"]
        if let certificates {
            listener = listener.merging(["tls": ["certificates": [certificates.files("good")]]])
        }
        let kept = try Kept(["127.0.0.1:0"], listeners: [listener], upstream: upstream.port)
        let load = try Tool.python.start(
            [
                Tool.program("steady_load.py"), "\(kept.ports[0])", Planted.publicKey,
            ] + (certificates.map { ["\($0.path)/authority.pem"] } ?? []))
        try upstream.waitForRequests(100)
        for number in 2...4 {
            kept.process.send(SIGHUP)
            try kept.waitForStart(number)
            try upstream.waitForRequests(upstream.requests.count + 100)
        }
        load.send(SIGTERM)
        #expect(try load.waitForExit(atMost: .seconds(30)) == 0, "\(load.errors.text)")
        let report = try load.output.waitForEnd()
        let counts = try #require(report.firstMatch(of: /kept (\d+) new (\d+) failed (\d+)/)?.output)
        #expect(counts.3 == "0", "\(report)")
        let (onKept, onNew) = (Int(counts.1) ?? 0, Int(counts.2) ?? 0)
        #expect(min(onKept, onNew) > 50, "\(report)")
        #expect(upstream.requests.count == onKept + onNew, "each arrived once")
        kept.process.send(SIGTERM)
        #expect(try kept.process.waitForExit() == 0)
    }

    @Test("Variables that are meant for another process, or make no sense, change nothing")
    func foreign() throws {
        let upstream = try RecordingUpstream()
        let other = try EdgeProcess(upstream: upstream.port, environment: ["LISTEN_FDS": "2", "LISTEN_PID": "1"])
        try expectService(try RawClient(port: other.port))
        #expect(!other.process.errors.text.contains("LISTEN_FDS"))
    }
}
