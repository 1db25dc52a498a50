import ArgumentParser
import EdgeConfiguration
import EdgeCore
import EdgeServer
import Glibc
import PlunkSandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run a Plunk to play with: it answers as Plunk does and sends no mail.",
        discussion: """
            Every pk_ key is a project, with 100 events a second and bursts of 200. The first word of a key chooses other answers: pk_disabled... 403, \
            pk_limited... 429, pk_unknown... 401, pk_broken... 500, pk_slow... after two seconds.
            """)

    @Option(help: "host:port to listen on; port 0 picks one.")
    var listen = "127.0.0.1:3001"

    func run() async throws {
        guard case .tcp(let host, let port) = ConfigurationLoader.listenAddress(listen) else {
            throw Exit.failure(
                "--listen \(listen) is not host:port, as in 127.0.0.1:3001 or [::1]:3001.", Exit.wrongUsage)
        }
        let signals = await ProcessSignals()
        let sandbox: SandboxServer
        do {
            sandbox = try await SandboxServer.start(host: host, port: Int(port)) { event in
                StandardError.write("recorded \(event.event) for \(event.email) in \(event.project)\n")
            }
        } catch {
            throw Exit.failure(
                "\(BindFailure(address: .tcp(host: host, port: port), error: error))", Exit.systemFailure)
        }
        StandardError.write("plunk-edge: sandbox listening on http://\(sandbox.localAddress)\n")
        await signals.untilStop()
        await sandbox.stop()
    }
}
