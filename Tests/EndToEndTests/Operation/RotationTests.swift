import EdgeTestSupport
import Foundation
import Testing

/// The access log is rotated, by the edge or by logrotate, and every request that was answered stands in exactly one file.
@Suite(.serialized) struct RotationTests {
    @Test("Under load, across a stop and a start, no line is lost, and old files end up gzipped")
    func bySize() throws {
        let (upstream, folder) = (try RecordingUpstream(), try LogFolder())
        for _ in 0..<2 {
            let edge = try folder.start(upstream, maximumSize: "128KiB")
            let load = try folder.startLoad(edge, requests: 4000)
            #expect(try LoadReport(of: load) == LoadReport(succeeded: 4000))
            #expect(try edge.terminate() == 0)
            #expect(!(try edge.process.errors.waitForEnd()).contains("warning"))
        }
        // What the two have left uncompressed, the third does.
        let edge = try folder.start(upstream, maximumSize: "128KiB")
        try folder.wait { $0.allSatisfy { $0 == "access.log" || $0.hasSuffix("Z.gz") } }
        #expect(try edge.terminate() == 0)
        #expect(try folder.names.count > 20)
        for name in try folder.names { #expect(try folder.text(name).utf8.count <= 128 * 1024) }
        #expect(try folder.identifiers().sorted() == upstream.identifiers)
        #expect(upstream.requests.count == 8000)
    }

    @Test("logrotate with our file, under load, loses no line")
    func byLogrotate() throws {
        let (upstream, folder) = (try RecordingUpstream(), try LogFolder())
        let edge = try folder.start(upstream, maximumSize: nil)
        let ours = try Repository.file("deploy/logs/logrotate")
        let signal = "systemctl kill --signal=USR1 --kill-whom=main plunk-edge.service"
        #expect(ours.contains(signal))
        // The folder is the test's own here.
        let user = "su plunk-edge plunk-edge"
        #expect(ours.contains("\n    \(user)\n"))
        let configuration = try folder.folder.write(
            "logrotate.conf",
            Array(
                ours.replacing("/var/log/plunk-edge/access.log", with: folder.log)
                    .replacing(user, with: "su \(geteuid()) \(getegid())")
                    .replacing(signal, with: "kill -USR1 \(edge.process.identifier)").utf8))
        let load = try folder.startLoad(edge, requests: 8000)
        for _ in 1...4 {
            try upstream.waitForRequests(upstream.requests.count + 500)
            // It leaves an empty file alone.
            try folder.wait { _ in (try? !folder.text("access.log").isEmpty) == true }
            let logrotate = try Tool.logrotate.start([
                "--force", "--state", "\(folder.folder.path)/state", configuration,
            ])
            #expect(try logrotate.waitForExit() == 0, "\(logrotate.errors.text)")
            try folder.wait { $0.contains("access.log") }
        }
        #expect(load.isRunning, "the load was over too early to say anything")
        #expect(try LoadReport(of: load) == LoadReport(succeeded: 8000))
        #expect(try edge.terminate() == 0)
        let names = (1...4).map { $0 == 1 ? "access.log.1" : "access.log.\($0).gz" }
        #expect(try folder.names == ["access.log"] + names)
        #expect(try folder.identifiers().sorted() == upstream.identifiers)
        #expect(upstream.requests.count == 8000)
    }

    @Test("A pipe that nobody reads ends the start at once, and says so")
    func pipeWithoutReader() throws {
        let folder = try LogFolder()
        #expect(mkfifo(folder.log, 0o600) == 0)
        let edge = try EdgeProcess.run("serve", "--config", try configuration(folder))
        #expect(try edge.waitForExit() == 71)
        #expect(
            try edge.errors.waitForEnd()
                == "plunk-edge: the access log \(folder.log) cannot be opened: it is a pipe that nobody reads, or a socket\n"
        )
    }

    @Test("check says when the log, or its folder, cannot be written")
    func rights() throws {
        let folder = try LogFolder()
        let file = try configuration(folder)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
        let missing = try unprivileged("check", "--json", "--config", file)
        #expect(try missing.output.waitForEnd().contains("cannot be written by this user: Permission denied."))
        #expect(try missing.waitForExit() == 78)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
        try Data().write(to: URL(fileURLWithPath: folder.log))
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        let growing = try unprivileged("check", "--json", "--config", file)
        #expect(try growing.output.waitForEnd().contains("The log will grow without end"))
        #expect(try growing.waitForExit() == 0)
    }

    /// Root, too, without the right to write where it may not.
    private func unprivileged(_ arguments: String...) throws -> ChildProcess {
        guard geteuid() == 0 else { return try ChildProcess(EdgeProcess.binary, arguments) }
        return try ChildProcess("/usr/bin/setpriv", ["--bounding-set=-dac_override", EdgeProcess.binary] + arguments)
    }

    private func configuration(_ folder: LogFolder) throws -> String {
        let configuration: JSONValue = [
            "listeners": [["address": "127.0.0.1:0"]], "upstream": ["url": "http://127.0.0.1:9"],
            "accessLog": ["path": .string(folder.log)],
        ]
        return try folder.folder.write("config.json", configuration.encoded())
    }
}
