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
            "TERM or INT stops it after what is under way, a second one at once. USR1 reopens the access log, HUP takes over the configuration and the certificates as they are now."
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
        let signals = await ProcessSignals()
        let edge = try await RunningEdge.start(
            loaded.settings, inherited: inherited, log: nil, configuration: options.absolutePath, logger: logger)
        edge.announce(loaded.settings)
        manager.ready(edge.status)
        StartMemory.giveBack()
        let liveness = Task { await manager.watch { await edge.server.loopsTurn(within: $0) } }
        let watch = Task { await edge.watchCertificates(logger) }
        await signals.untilStop(
            onReload: {
                manager.reloading()
                let isTaken = await edge.reload(path: options.path, logger)
                manager.ready(isTaken ? edge.status : "\(edge.status); the last reload was refused, the log says why")
            },
            onReopen: { edge.reopenLog() })
        watch.cancel()
        manager.stopping(within: edge.server.settings.shutdown.longest)
        await edge.stop(logger: logger)
        liveness.cancel()
    }
}
