import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// `plunk-edge health`, as a container's HEALTHCHECK runs it.
@Suite(.serialized) struct HealthCommandTests {
    private func health(_ arguments: String...) throws -> (status: ChildProcess.Status, text: String, errors: String) {
        let process = try ChildProcess(EdgeProcess.binary, ["health"] + arguments)
        let status = try process.waitForExit()
        return (status, try process.output.waitForEnd(), try process.errors.waitForEnd())
    }

    @Test("It prints what `/readyz` says and ends with 0 or 1")
    func ready() throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(
            upstream: upstream.port, ["admin": ["address": "127.0.0.1:0"], "shutdown": ["delay": "60s"]])
        let admin = try AdminScene(edge, upstream)
        let address = "127.0.0.1:\(admin.port)"
        #expect(try health("--address", address) == (0, "ready\n", ""))
        #expect(try health("--address", address, "--live") == (0, "ok\n", ""))
        edge.process.send(SIGTERM)
        try admin.scene.retry { try health("--address", address).status == 1 }
        #expect(try health("--address", address) == (1, "not ready: draining\n", ""))
        #expect(try health("--address", address, "--live").status == 0)
        // Nobody is there.
        let gone = try health("--address", "127.0.0.1:\(port)")
        #expect(gone.status == 1 && gone.text.isEmpty)
        #expect(gone.errors.contains("127.0.0.1:\(port)") && gone.errors.split(separator: "\n").count == 1)
    }

    @Test("It finds the listener in the configuration, a Unix domain socket too, whatever else is wrong in the file")
    func configuration() throws {
        let upstream = try RecordingUpstream()
        let folder = try TemporaryFolder()
        let edge = try EdgeProcess(upstream: upstream.port, ["admin": ["address": "unix:admin.sock"]], folder: folder)
        let file = "\(folder.path)/config.json"
        #expect(try health("--config", file) == (0, "ready\n", ""))
        // Somebody edits the file, and has not come to its end.
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "\"upstream\"", with: "\"upstrem\"")
            .write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try health("--config", file).status == 0)
        #expect(try edge.terminate() == 0)
    }

    @Test("A configuration without an admin listener, with a port that nobody knows, or none at all: what to do")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        let without = try folder.write(
            "a.json", JSONValue.configuration(listener: "127.0.0.1:0", upstream: 1).encoded())
        let first = try health("--config", without)
        #expect(first.status == 78)
        #expect(first.errors.contains(#"Add "admin": {"address": "127.0.0.1:9090"}"#))
        let picked = JSONValue.configuration(listener: "127.0.0.1:0", upstream: 1)
            .merging(["admin": ["address": "127.0.0.1:0"]])
        let second = try health("--config", try folder.write("b.json", picked.encoded()))
        #expect(second.status == 1 && second.errors.contains("the system picks this port"))
        #expect(try health("--config", "\(folder.path)/none.json").status == 78)
        #expect(try health("--address", "nonsense").status == 64)
        #expect(try health().status == 64)
        #expect(try health("--address", "127.0.0.1:1", "--config", without).status == 64)
    }

    @Test("Who accepts and says nothing, or something else, is not well")
    func silence() throws {
        let (socket, port) = try Socket.listen()
        let silent = try health("--address", "127.0.0.1:\(port)")
        #expect(silent.status == 1 && silent.errors.contains("does not answer in time"))
        socket.shutDown()
        let upstream = try RecordingUpstream()
        upstream.greet("220 mail.example.com ESMTP\r\n\r\n")
        upstream.perform { _ in [.close] }
        let other = try health("--address", "127.0.0.1:\(upstream.port)")
        #expect(other.status == 1 && other.errors.contains("not the admin listener"), "\(other.errors)")
    }

    @Test("What a stranger answers is not shown")
    func stranger() throws {
        let upstream = try RecordingUpstream()
        for status in [200, 404, 503] {
            upstream.perform { _ in [.answer(status, body: "<html>not found, not ready</html>\n"), .close] }
            for arguments in [[], ["--live"]] {
                let process = try ChildProcess(
                    EdgeProcess.binary, ["health", "--address", "127.0.0.1:\(upstream.port)"] + arguments)
                #expect(try process.waitForExit() == 1)
                #expect(try process.output.waitForEnd() == "")
                #expect(
                    try process.errors.waitForEnd()
                        == "plunk-edge: what answers on 127.0.0.1:\(upstream.port) is not the admin listener of an edge\n"
                )
            }
        }
    }
}
