import ArgumentParser
import EdgeConfiguration
import EdgeCore
import EdgeRecords
import Glibc

extension LogsViewer.Output: ExpressibleByArgument {}

struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show access logs: as a table, as they are written, or what they amount to.",
        discussion: """
            A FILE stands for its rotated files too, plain or gzipped; they are shown oldest first. With -, or in a \
            pipe without FILE, standard input is read: journalctl -o cat -u plunk-edge | plunk-edge logs -
            Filters of one kind are alternatives (--status 401,5xx), those of different kinds hold together. Times are \
            UTC. A table is as wide as the terminal, or as COLUMNS says where there is none; NO_COLOR or TERM=dumb in \
            the environment turns colours off. It ends with 0, and with 71 if something that was named is no access log \
            or could not be read in full.
            """)

    @Argument(help: "Access logs; - is standard input.", completion: .file())
    var files: [String] = []

    @Option(name: [.customLong("config"), .customShort("c")], help: "Show the log that this configuration writes.")
    var config: String?

    @OptionGroup(title: "FILTERS")
    var filters: LogFilterOptions

    @Flag(name: [.long, .customShort("f")], help: "Go on with what is written, across rotation.")
    var follow = false

    @Option(
        name: [.long, .customShort("n")],
        help: ArgumentHelp("Only the last records; 10 with --follow.", valueName: "count"))
    var last: Int?

    @Flag(help: "What the records amount to: counts, times, a chart, the slowest, leaked secret keys.")
    var summary = false

    @Option(help: "How to show them.")
    var output = LogsViewer.Output.table

    private static let mostLast = 100_000

    func validate() throws {
        if follow, summary { throw ValidationError("--summary needs an end, and --follow has none: leave one out.") }
        if summary, output != .table {
            throw ValidationError("--summary is shown in one way only: leave --output out.")
        }
        if let last, !(1...Self.mostLast).contains(last) {
            throw ValidationError("--last takes 1 to \(Self.mostLast).")
        }
        if files.contains("-"), files.count > 1 { throw ValidationError("- stands alone: name files, or pipe one in.") }
        if follow, files.count > 1 { throw ValidationError("--follow goes on with one log: name one FILE.") }
        if !files.isEmpty, config != nil { throw ValidationError("Name a FILE or --config, not both.") }
    }

    func run() throws {
        // A reader that has enough, as head(1) has, is then an error of write(2), which ends the viewer quietly.
        signal(SIGPIPE, SIG_IGN)
        let filter = try filters.filter()
        let paths = try paths()
        let result: LogsViewer.Result
        do {
            result = try show(paths, LogsViewer(options(filter)))
        } catch let failure as LogsViewer.Failure {
            throw Exit.failure("\(failure)", Exit.systemFailure)
        }
        if result.isComplete, result.count.passed == 0,
            let short = filter.requestIDs.first(where: { $0.utf8.count < 8 })
        {
            throw Exit.failure(
                "--request-id: no record has \"\(short)\" as its whole ID; of a longer one, give 8 characters or more",
                Exit.wrongUsage)
        }
        if result.isComplete, result.count.passed == 0, result.count.records > 0, output != .json {
            let records = result.count.records == 1 ? "the one record" : "\(result.count.records) records"
            StandardError.write("plunk-edge: none of \(records) that were read is what you look for\n")
        }
        if !result.isComplete { throw Exit.systemFailure }
    }

    private func show(_ paths: [String]?, _ viewer: LogsViewer) throws -> LogsViewer.Result {
        // A file's name can hold anything, and a shell's pattern has found it.
        let report = { (problem: String) in
            StandardError.write("plunk-edge: \(UnsafeCharacters.replaced(in: problem))\n")
        }
        guard let paths else {
            // Ctrl-C in `serve | logs` is for the edge; what it still writes is shown until it ends.
            if isatty(STDIN_FILENO) == 0 { signal(SIGINT, SIG_IGN) }
            return try viewer.run(input: STDIN_FILENO, name: "standard input", output: STDOUT_FILENO, report: report)
        }
        // Nothing is buffered here that would be lost.
        if follow { for number in [SIGINT, SIGTERM] { signal(number) { _ in _exit(EXIT_SUCCESS) } } }
        return try viewer.run(paths: paths, follow: follow, output: STDOUT_FILENO, report: report)
    }

    private func options(_ filter: LogFilter) -> LogsViewer.Options {
        var options = LogsViewer.Options()
        options.output = output
        options.columns = Terminal.columns(of: STDOUT_FILENO)
        options.coloured = Terminal.mayColour(STDOUT_FILENO)
        options.usesBlocks = Terminal.showsBlocks
        options.filter = filter
        options.last = last ?? (follow && filter.since == nil ? 10 : nil)
        options.isSummary = summary
        options.isFollowing = follow
        options.progress = !follow && Terminal.mayRewrite(STDERR_FILENO) ? STDERR_FILENO : nil
        return options
    }

    /// Nil for standard input.
    private func paths() throws -> [String]? {
        guard let config else {
            if files.isEmpty, isatty(STDIN_FILENO) == 1 {
                throw Exit.failure(
                    "there is nothing to read: name a FILE, or --config FILE, or pipe a log in", Exit.wrongUsage)
            }
            return files.isEmpty || files == ["-"] ? nil : files
        }
        switch try destination(config) {
        case .file(let path): return [path]
        case .standardOutput:
            throw Exit.failure(
                "\(config) writes its access log to standard output: pipe that in "
                    + "(journalctl -o cat -u plunk-edge | plunk-edge logs -), or name a FILE", Exit.wrongUsage)
        }
    }

    /// Whatever is wrong with the rest of the file: reading a log takes no key and no certificate.
    private func destination(_ config: String) throws -> AccessLogSettings.Destination {
        try ConfigurationOptions.loader.accessLogDestination(path: config)
            ?? ConfigurationOptions.load(path: config).settings.accessLog.destination
    }
}
