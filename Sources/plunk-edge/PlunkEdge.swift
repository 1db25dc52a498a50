import ArgumentParser

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
}
