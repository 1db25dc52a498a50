import EdgeTestSupport
import Foundation
import Testing

/// `plunk-edge logs --follow`, whatever becomes of the file.
@Suite(.serialized) struct FollowedLogTests {
    /// A log that a test writes as a server would.
    private final class Log {
        let folder: TemporaryFolder
        let path: String
        private var handle: FileHandle?

        init() throws {
            folder = try TemporaryFolder()
            path = "\(folder.path)/access.log"
        }

        func write(_ numbers: Range<Int>) throws {
            if handle == nil {
                _ = FileManager.default.createFile(atPath: path, contents: nil)
                handle = FileHandle(forWritingAtPath: path)
            }
            try handle?.write(contentsOf: NumberedLog.text(numbers))
        }

        func rename(_ name: String) throws {
            try FileManager.default.moveItem(atPath: path, toPath: "\(folder.path)/\(name)")
        }

        /// What is written from here on goes into a new file.
        func reopen() { handle = nil }

        func cut() throws { try handle?.truncate(atOffset: 0) }
    }

    private static func follow(_ log: Log, _ arguments: String...) throws -> ChildProcess {
        try ChildProcess(EdgeProcess.binary, ["logs", log.path, "--follow", "--output", "json"] + arguments)
    }

    private static func waitFor(_ number: Int, in process: ChildProcess) throws {
        _ = try process.output.waitForLine("record \(number)") { $0.contains("\"record-\(number)\"") ? true : nil }
    }

    private static func end(_ process: ChildProcess, _ expected: [UInt8], said: String = "") throws {
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
        #expect(try process.output.waitForEnd() == String(decoding: expected, as: UTF8.self))
        #expect(try process.errors.waitForEnd() == said)
    }

    @Test("`--follow` begins with the last ten and goes on across rotation: the old file to its end, then the new one")
    func rotation() throws {
        let log = try Log()
        try log.write(0..<30)
        let process = try Self.follow(log)
        try Self.waitFor(29, in: process)
        try log.write(30..<40)
        try log.rename("access.log.1")
        // The server has not opened the new file yet, which logrotate has made.
        #expect(FileManager.default.createFile(atPath: log.path, contents: nil))
        try log.write(40..<50)
        log.reopen()
        try log.write(50..<60)
        try Self.waitFor(59, in: process)
        // Twice at once.
        try log.rename("access.log.20261123T134000.000Z")
        log.reopen()
        try log.write(60..<70)
        try log.rename("access.log.20261123T134100.000Z")
        log.reopen()
        try log.write(70..<80)
        try Self.waitFor(79, in: process)
        try Self.end(process, NumberedLog.text(20..<80))
    }

    @Test("`--follow` waits for a file that is not there, and begins anew where one is cut short")
    func truncation() throws {
        let log = try Log()
        let process = try Self.follow(log, "--status", "200", "--since", "2026-11-23")
        _ = try process.errors.waitForLine("what it waits for") { $0.contains("waiting") ? true : nil }
        try log.write(0..<20)
        try Self.waitFor(18, in: process)
        try log.cut()
        try log.write(20..<22)
        try Self.waitFor(20, in: process)
        try FileManager.default.removeItem(atPath: log.path)
        log.reopen()
        try log.write(22..<24)
        try Self.waitFor(22, in: process)
        try Self.end(
            process, Array(stride(from: 0, to: 24, by: 2)).flatMap { NumberedLog.text($0..<$0 + 1) },
            said: "plunk-edge: \(log.path) is not there yet; waiting\n")
    }

    @Test("A request that is waited for is shown when it comes, and when it was there")
    func oneRequest() throws {
        let log = try Log()
        try log.write(0..<5)
        let process = try EdgeProcess.run(
            "logs", log.path, "--follow", "--request-id", "record-3", "--request-id", "record-7")
        _ = try process.output.waitForLine("the one that was there") { $0.contains("13:00:03") ? true : nil }
        try log.write(5..<8)
        _ = try process.output.waitForLine("the one that came") { $0.contains("13:00:07") ? true : nil }
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
    }

    @Test("What stands in a followed log's place and cannot be read is named once, and what comes after it is shown")
    func replacedByFolder() throws {
        let log = try Log()
        try log.write(0..<1)
        let process = try Self.follow(log)
        try Self.waitFor(0, in: process)
        try FileManager.default.removeItem(atPath: log.path)
        try FileManager.default.createDirectory(atPath: log.path, withIntermediateDirectories: false)
        let said = "plunk-edge: \(log.path): Is a directory"
        _ = try process.errors.waitForLine("what is in the way") { $0 == said ? true : nil }
        try FileManager.default.removeItem(atPath: log.path)
        log.reopen()
        try log.write(1..<2)
        try Self.waitFor(1, in: process)
        try Self.end(process, NumberedLog.text(0..<2), said: said + "\n")
    }

    @Test("A real edge is followed while its log is moved away and opened anew")
    func realEdge() throws {
        let (upstream, folder) = (try RecordingUpstream(), try TemporaryFolder())
        let edge = try EdgeProcess(upstream: upstream.port, ["accessLog": ["path": "\(folder.path)/access.log"]])
        let scene = Scene(edge: edge, upstream: upstream)
        let process = try EdgeProcess.run("logs", "--config", "\(edge.folder.path)/config.json", "--follow")
        func expectRequest() throws {
            let answer = try scene.exchange(.track().without("Authorization"))
            #expect(answer.status == 401)
        }
        for round in 1...3 {
            try expectRequest()
            var seen = 0
            _ = try process.output.waitForLine("request \(round)") { line in
                if line.contains("missing_auth") { seen += 1 }
                return seen == round ? true : nil
            }
            try FileManager.default.moveItem(
                atPath: "\(folder.path)/access.log", toPath: "\(folder.path)/access.log.\(9 - round)")
            edge.process.send(SIGUSR1)
            let deadline = ContinuousClock.now + .seconds(20) * SanitizerCost.time
            while !FileManager.default.fileExists(atPath: "\(folder.path)/access.log") {
                try #require(.now < deadline)
            }
        }
        #expect(try edge.terminate() == 0)
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }
}
