import Glibc
import Logging

/// Writes what an operator should act on to standard error, one line each: `plunk-edge: warning: ...`. What happens to
/// requests is the access log's. For the journal of systemd each line begins with its priority (sd-daemon(3)).
struct OperatorLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        StandardError.report(Self.line(event.level, "\(event.message)"))
    }

    static func line(_ level: Logger.Level, _ message: String) -> String {
        let (label, priority) =
            level >= .error ? ("error: ", "<3>") : level == .warning ? ("warning: ", "<4>") : ("", "<5>")
        return "\(isJournal ? priority : "")plunk-edge: \(label)\(message)\n"
    }

    /// Whether standard error goes to the journal: JOURNAL_STREAM (systemd.exec(5)) has its device and inode. The variable
    /// alone says little, since whatever the service starts inherits it.
    private static let isJournal: Bool = {
        var status = stat()
        guard let stream = getenv("JOURNAL_STREAM"), fstat(STDERR_FILENO, &status) == 0 else { return false }
        return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }()

    static func makeLogger() -> Logger { Logger(label: "plunk-edge") { _ in OperatorLogHandler() } }
}
