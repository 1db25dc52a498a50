import ArgumentParser
import EdgeCore
import EdgeServer
import Glibc

/// The command line: each subcommand is a file in `Commands/`.
@main
struct PlunkEdge: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "plunk-edge",
        abstract: "A reverse proxy that lets only public Plunk keys through, and only to POST /v1/track.",
        version: version,
        subcommands: [
            ServeCommand.self, CheckCommand.self, DemoCommand.self, SandboxCommand.self, LogsCommand.self,
            HealthCommand.self, ReloadCommand.self,
            SchemaCommand.self,
        ],
        defaultSubcommand: ServeCommand.self
    )

    /// On the main actor, which here is the main thread with no other beside it yet.
    @MainActor static func main() async {
        ProcessHardening.apply()
        // A word that is no command would be taken for one too many of the default command's.
        if let complaint = complaint(about: CommandLine.arguments.dropFirst().first) {
            Glibc.exit(Exit.failure(complaint, Exit.wrongUsage).rawValue)
        }
        await main(nil)
    }

    private static func complaint(about word: String?) -> String? {
        let names = configuration.subcommands.map { $0._commandName } + ["help"]
        guard let word, !word.isEmpty, !word.hasPrefix("-"), !names.contains(word) else { return nil }
        var meant = Spelling.nearest(to: word, among: names)
        if meant.isEmpty { meant = names.filter { Spelling.isShortened(word, from: $0) } }
        let hint = meant.isEmpty ? "There are \(names.listed("and"))." : "Did you mean \(meant.listed("or"))?"
        return "there is no command \(word.debugDescription). \(hint)"
    }
}
