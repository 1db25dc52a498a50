import EdgeConfiguration
import EdgeCore
import EdgeRecords
import EdgeServer
import EdgeSystem
import EdgeTLS
import EdgeUpstream
import Logging

/// The server and its access log, started and stopped in the right order: the log first and last.
struct RunningEdge {
    let server: Server
    private let log: AccessLogWriter

    /// - Parameters:
    ///   - inherited: sockets that listen already.
    ///   - log: where records go; nil: where the settings say.
    ///   - configuration: the path of the file with the settings; nil where there is none.
    static func start(
        _ settings: EdgeSettings, inherited: InheritedSockets = .none, log destination: AccessLogWriter.Destination?,
        configuration: String? = nil, logger: Logger
    ) async throws -> RunningEdge {
        do {
            let log = try AccessLogWriter(destination ?? .init(settings.accessLog)) {
                logger.log(level: $0.isOver ? .notice : .warning, "\($0)")
            }
            let status = ServerStatus(version: PlunkEdge.version, configuration: configuration)
            let server = try await Server.start(
                settings, loopCount: Processors.usable, inherited: inherited, log: log, logger: logger,
                status: status)
            return RunningEdge(server: server, log: log)
        } catch {
            throw Exit.failure("\(error)", Exit.systemFailure)
        }
    }

    /// What listens where and with what, in four lines, or five.
    func announce(_ settings: EdgeSettings) {
        let upstream = settings.upstream.origin
        let addresses = server.addresses.map(\.announcement).joined(separator: ", ")
        let admin = server.adminAddress.map { "plunk-edge: admin on \($0.announcement)\n" } ?? ""
        let destination =
            switch settings.accessLog.destination {
            case .standardOutput: "standard output"
            case .file(let path): path
            }
        StandardError.report(
            """
            plunk-edge: listening on \(addresses)
            \(admin)plunk-edge: forwarding to \(upstream.scheme)://\(upstream.authority)\(upstream.pathPrefix)/v1/track
            plunk-edge: access log on \(destination)
            plunk-edge: version \(PlunkEdge.version) with \(LibCurl.version), \(openSSLVersion)

            """)
    }

    /// The same for the service manager, in one line.
    var status: String {
        let keys = server.settings.policy.keys.entries.count
        let accepted = keys == 0 ? "any public key" : keys == 1 ? "1 key" : "\(keys) keys"
        return "listening on \(server.addresses.map(\.description).joined(separator: ", ")); \(accepted)"
    }

    func reopenLog() { log.reopen() }

    /// Takes over the configuration as the file is now, or keeps the old one, and says what came of it.
    ///
    /// - Returns: whether it was taken.
    func reload(path: String, _ logger: Logger) async -> Bool {
        let result = await server.reload { () throws(ReloadRefusal) in
            do throws(ConfigurationProblems) {
                let loaded = try ConfigurationOptions.loader(isReload: true).load(path: path)
                let warnings = loaded.warnings.count
                if warnings > 0 {
                    logger.warning(
                        "\(path) has \(warnings == 1 ? "a warning" : "\(warnings) warnings"): see `plunk-edge check`")
                }
                return loaded.settings
            } catch {
                throw ReloadRefusal(error)
            }
        }
        for (index, message) in result.messages.enumerated() {
            logger.log(level: result.isSuccess ? .notice : .error, "\(index == 0 ? "" : "  ")\(message)")
        }
        warnOfExpiry(logger)
        return result.isSuccess
    }

    /// Reads the certificates again and says what came of it.
    func reloadCertificates(_ logger: Logger) {
        guard let renewal = server.reloadCertificates(now: WallTime.now) else { return }
        for problem in renewal.problems { logger.warning("the old certificate stays: \(problem)") }
        if renewal.hasNews { logger.notice("new connections get the certificates as they are now") }
        warnOfExpiry(logger)
    }

    /// Reads certificates again when their files have changed, and warns before they expire, until the task is cancelled.
    /// What cannot be used at that moment (it is half written, or its time has not come) is a problem to say, once, and is
    /// read again until it can.
    func watchCertificates(_ logger: Logger) async {
        while (try? await Task.sleep(for: .seconds(5))) != nil {
            if server.haveCertificatesChanged { reloadCertificates(logger) }
            warnOfExpiry(logger)
        }
    }

    private func warnOfExpiry(_ logger: Logger) {
        for warning in server.certificateExpiryWarnings(now: WallTime.now) { logger.warning("\(warning)") }
    }

    /// Ends as `shutdown` of the configuration says, and says what could not be finished.
    func stop(logger: Logger) async {
        let unfinished = await server.shutdown()
        if unfinished > 0 {
            logger.warning(
                "\(unfinished == 1 ? "1 connection was" : "\(unfinished) connections were") closed before the end")
        }
        if !log.stop(within: .seconds(2)) {
            logger.warning("the access log is incomplete: \(log.droppedRecords) records were dropped")
        }
    }
}

extension ReloadRefusal {
    /// How many problems are said; `check` says all.
    private static let limit = 5

    init(_ problems: ConfigurationProblems) {
        let all = problems.problems
        var lines = ["\(problems.path) has \(all.count == 1 ? "a problem" : "\(all.count) problems")"]
        lines += all.prefix(Self.limit).map { "\($0)" }
        if all.count > Self.limit { lines.append("and \(all.count - Self.limit) more, which `plunk-edge check` says") }
        self.init(lines)
    }
}
