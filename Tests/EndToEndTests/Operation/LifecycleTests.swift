import EdgeTestSupport
import Foundation
import Testing

/// Start, and the world around the process.
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

    @Test("A socket whose queue is full is in use, and nobody waits for it")
    func fullQueue() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/edge.sock"
        let queue = try Socket.listen(atUnixPath: path, backlog: 0)
        let waiting = try RawClient(unixPath: path)
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "unix:\(path)", upstream: 1).encoded())
        let edge = try EdgeProcess.run("serve", "--config", file)
        #expect(try edge.waitForExit() == 71)
        #expect(try edge.errors.waitForEnd().contains("another program uses this socket"))
        withExtendedLifetime((queue, waiting)) {}
    }

    @Test("What is no socket is not taken for one")
    func noSocket() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("edge.sock", Array("precious".utf8))
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "unix:\(path)", upstream: 1).encoded())
        let process = try EdgeProcess.run("serve", "--config", file)
        #expect(try process.waitForExit() == 78)
        #expect(try process.errors.waitForEnd().contains("is there, and is no socket"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }
}

extension JSONValue {
    /// The smallest configuration.
    static func configuration(listener: String, upstream: UInt16) -> JSONValue {
        ["listeners": [["address": "\(listener)"]], "upstream": ["url": "http://127.0.0.1:\(upstream)"]]
    }
}
