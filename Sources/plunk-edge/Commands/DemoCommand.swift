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

    @Flag(help: "Speak TLS, with a certificate that is made for this run.")
    var tls = false

    func run() async throws {
        let signals = await ProcessSignals()
        let logger = OperatorLogHandler.makeLogger()
        let sandbox: SandboxServer
        do {
            sandbox = try await SandboxServer.start(host: "127.0.0.1", port: 0)
        } catch {
            throw Exit.failure("the sandbox cannot listen: \(error)", Exit.systemFailure)
        }
        guard let view = LiveLogView() else {
            throw Exit.failure("\(StartFailure.noDescriptors)", Exit.systemFailure)
        }
        let certificate = tls ? try DemoCertificate() : nil
        defer { certificate?.remove() }
        let edge = try await RunningEdge.start(
            settings(upstreamPort: sandbox.port, tls: certificate?.tls), log: .descriptor(view.input), logger: logger)
        certificate?.removeKey()
        for address in edge.server.addresses {
            print(DemoText.introduction(address: address.description, certificate: certificate?.certificate))
        }
        fflush(nil)
        try view.show()
        await signals.untilStop()
        // Before what is under way: a second signal ends the process at once.
        certificate?.remove()
        await edge.stop(logger: logger)
        await view.finish()
        await sandbox.stop()
    }

    private func settings(upstreamPort: Int, tls: TLSSettings?) -> EdgeSettings {
        let origin = UpstreamSettings.Origin(
            scheme: .http, host: "127.0.0.1", port: UInt16(clamping: upstreamPort), pathPrefix: "")
        var upstream = UpstreamSettings(origin: origin)
        // The sandbox closes idle connections after five seconds, as Plunk does.
        upstream.idleTimeout = .seconds(4)
        return EdgeSettings(
            listeners: [ListenerSettings(address: .tcp(host: "127.0.0.1", port: port), tls: tls)], upstream: upstream,
            policy: Policy(keys: KeyTable(sha256: SHA256.digest)))
    }
}

/// What the demo says before its log.
enum DemoText {
    /// - Parameters:
    ///   - address: of the edge, `http://127.0.0.1:8080`.
    ///   - certificate: the file that clients have to trust; nil without TLS.
    static func introduction(address: String, certificate: String?) -> String {
        let address = certificate == nil ? address : address.replacing("127.0.0.1", with: "localhost")
        let promise =
            certificate == nil
            ? "Nothing leaves this machine. Paste these into another terminal:"
            : "Nothing leaves this machine, and the certificate is gone when the demo ends.\n"
                + "Paste these into another terminal:"
        let curl = "curl -iw '\\n' " + (certificate.map { "--cacert \(quoted($0)) \\\n  " } ?? "") + address
        let json = "-H 'Content-Type: application/json'"
        let event = #"-d '{"event":"signup","email":"ada@example.com"}'"#
        let jsonEvent = certificate == nil ? "\(json) \(event)" : "\(json) \\\n  \(event)"
        return """

            plunk-edge demo: an edge on \(address), in front of a sandbox Plunk.
            \(promise)

            # an event with a public key goes through
            \(curl)/v1/track \\
              -H 'Authorization: Bearer pk_demo' \(json) \\
              \(event)

            # without a key it is refused
            \(curl)/v1/track \\
              \(jsonEvent)

            # a secret key never gets past the edge
            \(curl)/v1/track \\
              -H 'Authorization: Bearer sk_leaked' \(json) \\
              \(event)

            # and a public key opens nothing else
            \(curl)/v1/contacts -H 'Authorization: Bearer pk_demo'

            The access log, as it happens (Ctrl-C ends it):

            """
    }

    /// As a shell reads it: a path with nothing unusual in it as it is, any other in quotes.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "/._-".utf8.contains($0) }
        return isPlain ? path : "'\(path.replacing("'", with: #"'\''"#))'"
    }
}
