import ArgumentParser
import EdgeConfiguration
import EdgeCore
import EdgeRecords
import Glibc

extension LogsViewer.Output: ExpressibleByArgument {}

struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show an access log as a table.",
        discussion: "Without FILE, or with -, it reads standard input: plunk-edge serve ... | plunk-edge logs")

    @Argument(help: "An access log; - is standard input.", completion: .file())
    var file: String?

    @Option(name: [.customLong("config"), .customShort("c")], help: "Show the log that this configuration writes.")
    var config: String?

    @Option(help: "How to show it.")
    var output = LogsViewer.Output.table

    func run() throws {
        let input = try open()
        var options = LogsViewer.Options()
        options.output = output
        options.columns = LogsViewer.columns(of: STDOUT_FILENO)
        options.coloured = mayColour(STDOUT_FILENO)
        let summary: LogsViewer.Summary
        do {
            summary = try LogsViewer(options).run(input: input, output: STDOUT_FILENO)
        } catch {
            throw Exit.failure("\(file ?? "standard input"): \(error)", Exit.systemFailure)
        }
        if summary.brokenLines > 0 {
            let lines =
                summary.brokenLines == 1
                ? "1 line is no access record and was" : "\(summary.brokenLines) lines are no access records and were"
            StandardError.write("plunk-edge: \(lines) passed over\n")
        }
    }

    private func open() throws -> Int32 {
        guard let path = try path(), path != "-" else {
            // Ctrl-C in `serve | logs` is for the edge; what it still writes is shown until it ends.
            if isatty(STDIN_FILENO) == 0 { signal(SIGINT, SIG_IGN) }
            return STDIN_FILENO
        }
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Exit.failure("\(path) cannot be read: \(String(cString: strerror(errno)))", Exit.systemFailure)
        }
        return descriptor
    }

    private func path() throws -> String? {
        guard file == nil, let config else { return file }
        switch try ConfigurationOptions.load(path: config).settings.accessLog.destination {
        case .file(let path): return path
        case .standardOutput:
            throw Exit.failure(
                "\(config) writes its access log to standard output: name a FILE, or pipe it in.", Exit.wrongUsage)
        }
    }
}
