import ArgumentParser
import EdgeConfiguration
import EdgeCore
import EdgeRecords
import EdgeSystem
import FoundationEssentials
import Glibc

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Make a running edge take over its configuration file.",
        discussion: """
            Checks the file, sends HUP to the process that answers on its "admin.address", waits for what comes of it \
            and prints that. Ends with 0 if the configuration was taken over, with 1 if the old one stays or another \
            file is in use there, and with 78, without sending anything, if the file is wrong. What it checks is what \
            you have here: your environment fills ${NAME} in, and the files that the configuration names are read with \
            your rights. The edge then reads all of it with its own.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Where its admin listener is now, if the file says another: 127.0.0.1:9090, or unix:/path.")
    var address: String?

    /// How long the edge may take.
    private static let patience = Duration.seconds(30)

    func run() throws {
        let client = AdminClient(address: try adminAddress())
        do {
            let before = try EdgeStatus(client)
            try expectThisFile(before)
            try hangUp(before.pid)
            try show(waitForResult(client, since: before))
        } catch let failure as AdminClient.Failure {
            let hint =
                failure.isUnreached && address == nil
                ? ". If the file has just been given another admin address, name the old one with --address." : ""
            throw Exit.failure("\(failure)\(hint)", Exit.unsuccessful)
        }
    }

    private func adminAddress() throws -> ListenAddress {
        let loaded = try load()
        if let address { return try AdminOptions.listenAddress(address) }
        guard let admin = loaded.settings.admin else {
            throw Exit.failure(
                """
                \(options.path) has no admin listener, which would say what comes of it. Add "admin": {"address": \
                "127.0.0.1:9090"}, or reload without it: kill -HUP PID, or systemctl reload plunk-edge. The edge says \
                on its standard error what came of that.
                """, Exit.badConfiguration)
        }
        return admin
    }

    private func load() throws -> LoadedConfiguration {
        do {
            return try options.load(isReload: true)
        } catch {
            StandardError.write(
                """
                plunk-edge: nothing was sent. The file was checked with the environment and the rights of this command: \
                where the edge has others, reload without the check: kill -HUP PID, or systemctl reload plunk-edge.

                """)
            throw error
        }
    }

    private func expectThisFile(_ status: EdgeStatus) throws {
        guard let file = status.configuration,
            Folder.resolve(file) ?? file != Folder.resolve(options.path) ?? options.path
        else { return }
        let shown = UnsafeCharacters.replaced(in: file)
        throw Exit.failure(
            """
            the edge there runs \(shown), not \(options.path): nothing was sent to it. Name that file with --config, or \
            where the edge of \(options.path) is asked with --address.
            """, Exit.unsuccessful)
    }

    /// The kernel decides who may.
    private func hangUp(_ pid: Int32) throws {
        // In a container a process has another number, and out here that is somebody else's.
        guard pid > 0, Self.isEdge(pid), CommandLineText.serves(pid) else {
            throw Exit.failure(
                """
                the edge there says that it is process \(pid), which is no running edge on this machine. Where it runs \
                in a container, run this command in there.
                """, Exit.unsuccessful)
        }
        guard kill(pid, SIGHUP) != 0 else { return }
        throw Exit.failure(
            errno == EPERM
                ? "process \(pid) belongs to somebody else. Run this command as its user, or as root."
                : "process \(pid) cannot be sent HUP: \(String(cString: strerror(errno)))", Exit.unsuccessful)
    }

    /// Whether it runs this program, whatever that is called, or one that is called like it, as an older version is.
    private static func isEdge(_ pid: Int32) -> Bool {
        if let file = file(of: "\(pid)") {
            return file == Self.file(of: "self") || file.split(separator: "/").last?.hasPrefix("plunk-edge") == true
        }
        // An edge shows its file only to root (see ProcessHardening), its name to everybody.
        guard let name = name(of: "\(pid)") else { return false }
        return name.hasPrefix("plunk-edge") || name == Self.name(of: "self")
    }

    /// The file that a process runs; nil where this user may not see it (proc(5)).
    private static func file(of process: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
    }

    private static func name(of process: String) -> String? {
        try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
    }

    /// Waits until a reload is over that began after `before` was said.
    private func waitForResult(_ client: AdminClient, since before: EdgeStatus) throws -> EdgeStatus.Reload {
        let wanted = before.reloads + (before.isReloading ? 2 : 1)
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            usleep(50_000)
            do throws(AdminClient.Failure) {
                let status = try EdgeStatus(client)
                guard status.pid == before.pid else {
                    throw AdminClient.Failure(description: "another process answers there now")
                }
                if status.reloads >= wanted, let result = status.lastReload { return result }
            } catch {
                let hasEnded = kill(before.pid, 0) != 0 && errno == ESRCH
                throw Exit.failure(
                    hasEnded ? "process \(before.pid) has ended before it said what came of it." : "\(error)",
                    Exit.unsuccessful)
            }
        }
        throw Exit.failure(
            "process \(before.pid) has not said within 30 seconds what came of it. Look at its standard error.",
            Exit.unsuccessful)
    }

    private func show(_ result: EdgeStatus.Reload) throws {
        let text = result.messages.joined(separator: "\n  ")
        guard result.success else { throw Exit.failure(text, Exit.unsuccessful) }
        print(text)
    }
}

/// What an edge says of itself on `/status`, as far as commands want to know it.
struct EdgeStatus: Decodable {
    struct Reload: Decodable {
        var success: Bool
        var messages: [String]
    }

    var pid: Int32
    /// Absolute.
    var configuration: String?
    /// Those that are over.
    var reloads: Int
    var isReloading: Bool
    var lastReload: Reload?

    private enum CodingKeys: String, CodingKey {
        case pid, configuration, reloads, isReloading = "reloading", lastReload
    }

    /// Asks for it.
    init(_ client: AdminClient) throws(AdminClient.Failure) {
        let answer = try client.get("/status")
        guard answer.status == 200, var status = try? JSONDecoder().decode(Self.self, from: Data(answer.body.utf8)),
            0..<1 << 53 ~= status.reloads
        else {
            throw client.stranger
        }
        // Whoever answers there, what it says is shown on a terminal.
        if let messages = status.lastReload?.messages {
            status.lastReload?.messages = messages.map(UnsafeCharacters.replaced)
        }
        self = status
    }
}
