import EdgeTestSupport
import Foundation
import Testing

/// What the process gives up at its start, as the kernel says it (proc(5)).
@Suite struct ProcessHardeningTests {
    private static func status(_ path: String) throws -> [String: String] {
        let text = try String(contentsOfFile: "\(path)/status", encoding: .utf8)
        return Dictionary(
            text.split(separator: "\n").map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func limit(_ name: String, of process: Int32) throws -> String {
        let text = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
        return line.dropFirst(name.count).split(separator: " ").joined(separator: " ")
    }

    /// A configuration in a folder of its own.
    private static func configuration(
        _ upstream: UInt16 = 1, _ changes: JSONValue = [:]
    ) throws -> (folder: TemporaryFolder, file: String) {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "config.json", EdgeProcess.configuration(upstream: upstream, changes).encoded())
        return (folder, file)
    }

    /// An edge that a shell has prepared: `$0` is the folder, what follows the command.
    private static func start(_ preparation: String, _ folder: TemporaryFolder, _ file: String) throws -> ChildProcess {
        let edge = try ChildProcess(
            "/bin/sh",
            [
                "-c", "\(preparation) && cd \"$0\" && exec \"$@\"", folder.path, EdgeProcess.binary, "serve",
                "--config", file,
            ]
        )
        _ = try edge.errors.waitForLine("start-up line") { $0.contains("listening on") ? true : nil }
        return edge
    }

    @Test(
        "No thread can get new rights, core dumps are off, and there is no filter that was not there before",
        arguments: ["serve", "demo"])
    func rights(command: String) throws {
        let (folder, file) = try Self.configuration()
        let isDemo = command == "demo"
        let edge = try isDemo ? EdgeProcess.run("demo", "--port", "0") : EdgeProcess.run("serve", "--config", file)
        _ = try (isDemo ? edge.output : edge.errors).waitForLine("start") {
            $0.contains(isDemo ? "The access log" : "version") ? true : nil
        }
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(edge.identifier)/task")
        #expect(threads.count > 3)
        let own = try Self.status("/proc/self")
        for thread in threads {
            let status = try Self.status("/proc/\(edge.identifier)/task/\(thread)")
            #expect(status["NoNewPrivs"] == "1", "\(status["Name"] ?? thread)")
            #expect(status["Seccomp"] == own["Seccomp"])
        }
        #expect(try Self.limit("Max core file size", of: edge.identifier) == "0 0 bytes")
        edge.send(SIGTERM)
        #expect(try edge.waitForExit() == 0)
        _ = folder
    }

    // MARK: Core dumps

    private static let corePattern =
        (try? String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)) ?? "|"

    /// Whether this system writes core files into the folder of whoever died: else there is nothing to look for.
    private static var writesCoreFiles: Bool {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &limit)
        return limit.rlim_max > 0 && !corePattern.contains("/") && !corePattern.hasPrefix("|")
    }

    private static func coreFiles(in folder: TemporaryFolder) throws -> [String] {
        let name = corePattern.prefix { $0 != "%" && $0 != "\n" }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(name) }
    }

    @Test(
        "An edge that dies at once leaves no core file, and prints nothing of its memory",
        arguments: [SIGABRT, SIGQUIT, SIGSEGV])
    func noCore(signal: Int32) throws {
        let (folder, file) = try Self.configuration()
        // The shell's hard limit may be 0 already; then there is still the report that must not come.
        let edge = try Self.start("ulimit -c $(ulimit -Hc)", folder, file)
        edge.send(signal)
        #expect(try edge.waitForExit() == 128 + signal)
        #expect(try Self.coreFiles(in: folder) == [])
        let said = try edge.errors.waitForEnd()
        #expect(!said.contains("crash") && !said.contains("Registers"), "\(said)")
    }

    @Test("Another program that dies so leaves one", .enabled(if: writesCoreFiles, "core files go elsewhere here"))
    func coreOfOthers() throws {
        let folder = try TemporaryFolder()
        let command = "ulimit -c unlimited && cd \"$0\" && echo ready && exec sleep 60"
        let sleeper = try ChildProcess("/bin/sh", ["-c", command, folder.path])
        _ = try sleeper.output.waitForLine("word") { $0 == "ready" ? true : nil }
        sleeper.send(SIGABRT)
        #expect(try sleeper.waitForExit() == 128 + SIGABRT)
        #expect(try Self.coreFiles(in: folder).count == 1)
    }

    // MARK: Descriptors

    @Test("The soft limit of open files is raised to the hard one, and nothing is said where that is enough")
    func descriptorsRaised() throws {
        let changes: JSONValue = ["limits": ["connections": 1000], "upstream": ["connections": ["max": 16]]]
        let (folder, file) = try Self.configuration(1, changes)
        let edge = try Self.start("ulimit -Sn 64 && ulimit -Hn 2048", folder, file)
        #expect(try Self.limit("Max open files", of: edge.identifier) == "2048 2048 files")
        edge.send(SIGTERM)
        #expect(try edge.waitForExit() == 0)
        #expect(try !edge.errors.waitForEnd().contains("warning"))
    }

    @Test("Where the hard limit is low, fewer connections are served, and the start says how many")
    func descriptorsScarce() throws {
        let upstream = try RecordingUpstream()
        let (folder, file) = try Self.configuration(upstream.port, ["upstream": ["connections": ["max": 8]]])
        let edge = try Self.start("ulimit -n 128", folder, file)
        let places = try edge.errors.waitForLine("warning") { line in
            line.firstMatch(
                of: /the limit of open files lets (\d+) connections be served, not the 10000 of "limits\.connections"/
            )
            .flatMap { Int($0.1) }
        }
        // Of 128 some for each of at most eight event loops, and for eight connections to Plunk.
        #expect((20...80).contains(places))
        let port = try edge.errors.waitForLine("address") { line in
            line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
        }
        let crowd = try (0..<places).map { _ in try RawClient(port: port) }
        for client in crowd {
            try client.send(ClientRequest.track().bytes)
            #expect(try client.response().status == 200)
        }
        #expect(try RawClient(port: port).response().status == 503)
        edge.send(SIGTERM)
        #expect(try edge.waitForExit() == 0)
    }

    // MARK: Other users

    @Test(
        "To its own user, who is not root, the edge shows neither memory nor environment, and serves, is well and reloads",
        .enabled(
            if: geteuid() == 0 && !SanitizerCost.isPaid,
            "only root can become another user, who then cannot write a sanitizer's report"))
    func ownUser() throws {
        let upstream = try RecordingUpstream()
        let folder = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        // Under a name that says nothing, and where everybody may read it.
        let program = "\(folder.path)/renamed"
        try FileManager.default.copyItem(atPath: EdgeProcess.binary, toPath: program)
        let changes: JSONValue = ["admin": ["address": "127.0.0.1:0"]]
        let file = try folder.write(
            "config.json", EdgeProcess.configuration(upstream: upstream.port, changes).encoded())
        let environment = ["PLANTED_IN_ENVIRONMENT": Planted.publicKey]
        func asNobody(_ command: [String]) throws -> ChildProcess {
            let user = ["--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=KILL"]
            return try ChildProcess("/usr/bin/setpriv", user + command, environment: environment)
        }
        let edge = try asNobody([program, "serve", "--config", file])
        let admin = try edge.errors.waitForLine("admin line") { line in
            line.firstMatch(of: /admin on http:\/\/(\S+)/).map { String($0.1) }
        }
        _ = try edge.errors.waitForLine("start") { $0.contains("version") ? true : nil }
        let other = try asNobody(["/bin/sleep", "60"])
        for name in ["environ", "maps", "mem", "exe", "fd"] {
            // `test -r` asks for the file's mode, which is not all that the kernel looks at.
            func look(_ process: ChildProcess) throws -> ChildProcess.Status {
                let path = "/proc/\(process.identifier)/\(name)"
                let commands = ["fd": "ls", "exe": "readlink", "mem": "head --bytes=0"]
                return try asNobody(["/bin/sh", "-c", "\(commands[name] ?? "cat") \(path)"]).waitForExit()
            }
            #expect(try look(edge) != 0, "\(name)")
            if name != "mem" { #expect(try look(other) == 0, "\(name)") }
        }
        let shown = try asNobody(["/bin/cat", "/proc/\(edge.identifier)/cmdline"])
        #expect(try shown.output.waitForEnd().hasPrefix("\(program)\0serve\0"), "ps shows the arguments to everybody")
        for command in [["health", "--address", admin], ["reload", "--config", file, "--address", admin]] {
            let asked = try asNobody([program] + command)
            #expect(try asked.waitForExit() == 0, "\(asked.errors.text)")
        }
        edge.send(SIGTERM)
        #expect(try edge.waitForExit() == 0)
    }
}
