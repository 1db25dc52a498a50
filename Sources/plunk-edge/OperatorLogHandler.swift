import Logging

/// Writes what an operator should act on to standard error, one line each: `plunk-edge: warning: ...`. What happens to
/// requests is the access log's.
struct OperatorLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let label = event.level >= .error ? "error: " : event.level == .warning ? "warning: " : ""
        StandardError.write("plunk-edge: \(label)\(event.message)\n")
    }

    static func makeLogger() -> Logger { Logger(label: "plunk-edge") { _ in OperatorLogHandler() } }
}
