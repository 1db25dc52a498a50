import ArgumentParser
import EdgeConfiguration
import EdgeCore
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
        let logger = OperatorLogHandler.makeLogger()
        let manager = ServiceNotifier.fromEnvironment(logger)
        let inherited = InheritedSockets.fromEnvironment()
        let loaded = try options.load()
        for problem in loaded.warnings {
            logger.warning("\(problem)")
        }
        let signals = await StopSignals()
        let edge = try await RunningEdge.start(
            loaded.settings, inherited: inherited, log: nil, configuration: options.path, logger: logger)
        edge.announce(loaded.settings)
        let status = edge.status(loaded.settings)
        manager.ready(status)
        StartMemory.giveBack()
        let liveness = Task { await manager.watch { await edge.server.loopsTurn(within: $0) } }
        let watch = Task { await edge.watchCertificates(logger) }
        await signals.untilStop(
            onReload: {
                manager.reloading()
                defer { manager.ready(status) }
                logger.notice("HUP: the certificates are read again; the configuration is read at start only")
                edge.reloadCertificates(logger)
            },
            onReopen: { edge.reopenLog() })
        watch.cancel()
        manager.stopping(within: loaded.settings.shutdown.longest)
        await edge.stop(logger: logger)
        liveness.cancel()
    }
}
