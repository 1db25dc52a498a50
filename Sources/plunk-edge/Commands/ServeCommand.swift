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
            "TERM or INT stops it after what is under way, a second one at once. USR1 reopens the access log, HUP reads the certificates again."
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
            loaded.settings, log: nil, configuration: options.path, logger: logger)
        edge.announce(loaded.settings)
        StartMemory.giveBack()
        let watch = Task { await edge.watchCertificates(logger) }
        await signals.untilStop(
            onReload: {
                logger.notice("HUP: the certificates are read again; the configuration is read at start only")
                edge.reloadCertificates(logger)
            },
            onReopen: { edge.reopenLog() })
        watch.cancel()
        await edge.stop(logger: logger)
    }
}
