import ArgumentParser
import EdgeCore
import EdgeRecords
import EdgeServer
import EdgeTLS
import Glibc
import PlunkSandbox

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run the edge in front of a sandbox Plunk, with nothing to configure.")

    @Option(help: "The port to listen on, on this machine only; 0 picks one.")
    var port: UInt16 = 8080

    func run() async throws {
        let signals = await StopSignals()
        let logger = OperatorLogHandler.makeLogger()
        let sandbox: SandboxServer
        do {
            sandbox = try await SandboxServer.start(host: "127.0.0.1", port: 0)
        } catch {
            throw Exit.failure("the sandbox cannot listen: \(error)", Exit.systemFailure)
        }
        guard let view = LiveLogView() else {
            throw Exit.failure("there are no file descriptors left. Raise the limit (ulimit -n).", Exit.systemFailure)
        }
        let edge = try await RunningEdge.start(
            settings(upstreamPort: sandbox.port), log: .descriptor(view.input), logger: logger)
        for address in edge.server.addresses { print(DemoText.introduction(address: address.description)) }
        fflush(nil)
        try view.show()
        await signals.untilStop()
        await edge.stop(logger: logger)
        await view.finish()
        await sandbox.stop()
    }

    private func settings(upstreamPort: Int) -> EdgeSettings {
        let origin = UpstreamSettings.Origin(
            scheme: .http, host: "127.0.0.1", port: UInt16(clamping: upstreamPort), pathPrefix: "")
        var upstream = UpstreamSettings(origin: origin)
        // The sandbox closes idle connections after five seconds, as Plunk does.
        upstream.idleTimeout = .seconds(4)
        return EdgeSettings(
            listeners: [ListenerSettings(address: .tcp(host: "127.0.0.1", port: port))], upstream: upstream,
            policy: Policy(keys: KeyTable(sha256: SHA256.digest)))
    }
}

/// What the demo says before its log.
enum DemoText {
    static func introduction(address: String) -> String {
        let json = "-H 'Content-Type: application/json'"
        let event = #"-d '{"event":"signup","email":"ada@example.com"}'"#
        return """

            plunk-edge demo: an edge on \(address), in front of a sandbox Plunk.
            Nothing leaves this machine. Paste these into another terminal:

            # an event with a public key goes through
            curl -iw '\\n' \(address)/v1/track \\
              -H 'Authorization: Bearer pk_demo' \(json) \\
              \(event)

            # without a key it is refused
            curl -iw '\\n' \(address)/v1/track \\
              \(json) \(event)

            # a secret key never gets past the edge
            curl -iw '\\n' \(address)/v1/track \\
              -H 'Authorization: Bearer sk_leaked' \(json) \\
              \(event)

            # and a public key opens nothing else
            curl -iw '\\n' \(address)/v1/contacts -H 'Authorization: Bearer pk_demo'

            The access log, as it happens (Ctrl-C ends it):

            """
    }
}
