import ArgumentParser
import EdgeConfiguration
import EdgeRecords
import EdgeServer
import Glibc
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the edge.",
        discussion:
            "TERM or INT stops it after what is under way, a second one at once. USR1 reopens the access log, HUP takes over the configuration and the certificates as they are now."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let loaded = try options.load()
        let logger = OperatorLogHandler.makeLogger()
        for problem in loaded.warnings {
            logger.warning("\(problem)")
        }
        let signals = await StopSignals()
        let edge = try await RunningEdge.start(
            loaded.settings, log: nil, configuration: options.absolutePath, logger: logger)
        edge.announce(loaded.settings)
        StartMemory.giveBack()
        let watch = Task { await edge.watchCertificates(logger) }
        await signals.untilStop(
            onReload: { await edge.reload(path: options.path, logger) },
            onReopen: { edge.reopenLog() })
        watch.cancel()
        await edge.stop(logger: logger)
    }
}
