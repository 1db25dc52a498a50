import EdgeTestSupport
import Foundation
import Testing

/// `plunk-edge reload`: what it says, and how it ends.
@Suite struct ReloadCommandTests {
    /// An edge with an admin listener in its own folder.
    private static func stage() throws -> (stage: ReloadStage, admin: JSONValue) {
        let folder = try TemporaryFolder()
        let admin: JSONValue = ["admin": ["address": "unix:\(folder.path)/admin.sock"]]
        return (try ReloadStage(admin, folder: folder), admin)
    }

    private func run(
        _ stage: ReloadStage, _ arguments: String..., file: String = "config.json"
    ) throws -> (status: Int32, output: String, errors: String) {
        let command = try ChildProcess(
            EdgeProcess.binary, ["reload", "--config", "\(stage.edge.folder.path)/\(file)"] + arguments)
        let status = try command.waitForExit(atMost: .seconds(40))
        return (status, try command.output.waitForEnd(), try command.errors.waitForEnd())
    }

    @Test("It waits for the result and prints it: taken over, refused, wrong")
    func results() throws {
        let (stage, _) = try Self.stage()
        try stage.write(["endpoint": "/api/hello"])
        let first = try run(stage)
        #expect(first.status == 0, "\(first)")
        #expect(first.output == "configuration reloaded (generation 2): changed endpoint\n")
        #expect(first.errors == "")
        #expect(try stage.scene.exchange(.track(line: "POST /api/hello HTTP/1.1")).status == 200)

        let (socket, port) = try Socket.listen()
        defer { socket.shutDown() }
        try stage.write(["listeners": [["address": "127.0.0.1:\(port)"]]])
        let second = try run(stage)
        #expect(second.status == 1)
        #expect(second.output == "")
        #expect(
            second.errors.hasPrefix("plunk-edge: configuration not reloaded, generation 2 stays: cannot listen on "))

        try stage.write(["endpoint": "hello"])
        let third = try run(stage)
        #expect(third.status == 78)
        #expect(third.errors.contains("/endpoint"))
        #expect(third.errors.contains("nothing was sent") && third.errors.contains("the environment"))
        // Nothing was sent: the next result is the third.
        try stage.write([:])
        #expect(try run(stage).output.contains("(generation 3)"))
        #expect(!stage.edge.process.errors.text.contains("/endpoint"))
    }

    @Test("An edge that runs another file is sent nothing, and that is said")
    func otherFile() throws {
        let (stage, admin) = try Self.stage()
        let other = EdgeProcess.configuration(upstream: stage.upstream.port, admin)
        _ = try stage.edge.folder.write("other.json", other.encoded())
        let result = try run(stage, file: "other.json")
        #expect(result.status == 1)
        #expect(result.output == "")
        #expect(result.errors.contains("/config.json, not ") && result.errors.contains("nothing was sent"))
        // By another name it is the same file, and the first reload.
        let path = stage.edge.folder.path
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/link.json", withDestinationPath: "\(path)/config.json")
        let link = try run(stage, file: "link.json")
        #expect(link.status == 0 && link.errors == "")
        #expect(link.output.contains("(generation 2)"), "\(link)")
    }

    @Test("Without an admin listener it says how else, and where nobody answers it says that")
    func nobody() throws {
        let stage = try ReloadStage()
        let without = try run(stage)
        #expect(without.status == 78)
        #expect(without.errors.contains("kill -HUP PID"))
        try stage.write(["admin": ["address": "unix:moved.sock"]])
        let moved = try run(stage)
        #expect(moved.status == 1)
        #expect(moved.errors.hasSuffix("another admin address, name the old one with --address.\n"), "\(moved)")
        let address = "unix:\(stage.edge.folder.path)/none.sock"
        let nobody = try run(stage, "--address", address)
        #expect(nobody.status == 1)
        #expect(nobody.errors.contains("the admin listener on \(address) cannot be asked: No such file or directory\n"))
        #expect(try run(stage, "--address", "nowhere").status == 64)
        #expect(
            try run(stage, "--address", "127.0.0.1:\(stage.edge.port)").errors.contains("is not the admin listener"))
    }

    @Test("A program under another name is known, by its file or by how its name begins")
    func renamed() throws {
        let folder = try TemporaryFolder()
        for (number, name) in ["gateway", "plunk-edge-2"].enumerated() {
            let program = "\(folder.path)/\(name)"
            if number == 0 {
                try FileManager.default.createSymbolicLink(atPath: program, withDestinationPath: EdgeProcess.binary)
            } else {
                try FileManager.default.copyItem(atPath: EdgeProcess.binary, toPath: program)
            }
            let upstream = try RecordingUpstream()
            let admin: JSONValue = ["admin": ["address": "unix:\(folder.path)/\(number).sock"]]
            let file = try folder.write(
                "\(number).json", EdgeProcess.configuration(upstream: upstream.port, admin).encoded())
            let edge = try ChildProcess(program, ["serve", "--config", file])
            defer { edge.stop() }
            _ = try edge.errors.waitForLine("start-up line") { $0.contains("access log") ? true : nil }
            let command = try EdgeProcess.run("reload", "--config", file)
            #expect(try command.waitForExit(atMost: .seconds(40)) == 0, "\(command.errors.text)")
        }
    }

    /// Something that answers like the admin listener of the process `pid`, and does `then` with what comes behind the
    /// first question.
    private func imitation(of pid: Int32, then: @escaping @Sendable () -> Void = {}) throws -> RecordingUpstream {
        let imitation = try RecordingUpstream()
        let text = #"{"pid":\#(pid),"configuration":null,"reloads":0,"reloading":false,"lastReload":null}"#
        imitation.perform { [weak imitation] _ in
            if (imitation?.requests.count ?? 0) > 1 {
                then()
                return [.close]
            }
            return [.answer(200, ["Content-Type: application/json"], body: text), .close]
        }
        return imitation
    }

    @Test("HUP is sent to nobody but an edge: the number may be that of a process in a container")
    func otherProcess() throws {
        let stage = try ReloadStage()
        let bystander = try ChildProcess("/bin/sleep", ["60"])
        let imitation = try imitation(of: bystander.identifier)
        let result = try run(stage, "--address", "127.0.0.1:\(imitation.port)")
        #expect(result.status == 1)
        #expect(result.errors.contains("which is no running edge on this machine"))
        #expect(bystander.isRunning)
        bystander.send(SIGTERM)
        #expect(try bystander.waitForExit() == 128 + SIGTERM, "it got nothing before")
    }

    @Test("A process that ends before it has said what came of it is no success")
    func ended() throws {
        let stage = try ReloadStage()
        let edge = try EdgeProcess(upstream: 1)
        let other = edge.process
        let imitation = try imitation(of: other.identifier) {
            other.send(SIGTERM)
            _ = try? other.waitForExit()
        }
        let result = try run(stage, "--address", "127.0.0.1:\(imitation.port)")
        #expect(result.status == 1)
        withExtendedLifetime(edge) {}
        #expect(result.errors.contains("process \(other.identifier) has ended before it said what came of it"))
    }

    @Test("Nor to another command of this program, which would end at it")
    func otherCommand() throws {
        let stage = try ReloadStage()
        let log = try stage.edge.folder.write("some.log", Array("{\"status\":200}\n".utf8))
        let follower = try EdgeProcess.run("logs", "--follow", log)
        _ = try follower.output.waitForLine("the header") { $0.contains("DATE") ? true : nil }
        let imitation = try imitation(of: follower.identifier)
        let result = try run(stage, "--address", "127.0.0.1:\(imitation.port)")
        #expect(result.status == 1)
        #expect(result.errors.contains("which is no running edge on this machine"))
        #expect(follower.isRunning)
    }

    @Test("What a stranger says of itself neither ends this command nor reaches the terminal as it is")
    func stranger() throws {
        let stage = try ReloadStage()
        let edge = try EdgeProcess(upstream: 1)
        let other = edge.process
        func answer(_ reloads: String, success: Bool) throws -> (status: Int32, output: String, errors: String) {
            let imitation = try RecordingUpstream()
            let text =
                #"{"pid":\#(other.identifier),"configuration":null,"reloads":\#(reloads),"reloading":false,"#
                + #""lastReload":{"success":\#(success),"messages":["a\u001b]0;title\u0007b\u009b2Jc\u202ed"]}}"#
            imitation.perform { [weak imitation] _ in
                let number =
                    (imitation?.requests.count ?? 0) > 1
                    ? text.replacing("\"reloads\":1,", with: "\"reloads\":2,") : text
                return [.answer(200, ["Content-Type: application/json"], body: number), .close]
            }
            return try run(stage, "--address", "127.0.0.1:\(imitation.port)")
        }
        for number in ["9223372036854775807", "-1"] {
            let result = try answer(number, success: true)
            #expect(result.status == 1 && result.errors.contains("is not the admin listener of an edge"), "\(result)")
        }
        let clean = "a\u{FFFD}]0;title\u{FFFD}b\u{FFFD}2Jc\u{FFFD}d"
        #expect(try answer("1", success: true).output == clean + "\n")
        #expect(try answer("1", success: false).errors == "plunk-edge: \(clean)\n")
        withExtendedLifetime(edge) {}
    }
}
