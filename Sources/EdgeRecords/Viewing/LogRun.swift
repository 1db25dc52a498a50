private import Glibc

/// One run of the viewer: takes inputs one after the other, and writes what is made of them. Memory does not grow with
/// what is read.
struct LogRun {
    private var presenter: LogPresenter
    private let output: Int32
    private var progress: ReadingProgress
    /// What one read(2) may bring: large enough that the calls cost nothing, small enough for the processor's cache.
    private var chunk = [UInt8](repeating: 0, count: 256 * 1024)
    private var cutter = LineCutter()
    /// False once nobody reads the output.
    private(set) var hasReader = true
    /// Bytes of the inputs that are done.
    private var bytesRead = 0
    var result = LogsViewer.Result()

    init(_ options: LogsViewer.Options, output: Int32) {
        presenter = LogPresenter(options)
        self.output = output
        progress = ReadingProgress(terminal: options.progress)
    }

    /// - Parameter total: bytes of all inputs; 0 if that is not known.
    mutating func begin(total: Int) { progress.begin(total: total) }

    var isSatisfied: Bool { presenter.isSatisfied || !hasReader }

    mutating func beginOlder() { presenter.beginOlder() }

    /// Reads a file to its end and says what is wrong with it.
    mutating func read(_ file: LogFileList.File, report: (String) -> Void) throws(LogsViewer.Failure) {
        guard hasReader else { return }
        var input: LogInput
        do throws(LogInput.Failure) {
            input = try Self.open(file.path)
        } catch {
            progress.end()
            report("\(file.path): \(error)")
            result.isComplete = false
            return
        }
        try read(&input, name: file.path, report: report)
    }

    private static func open(_ path: String) throws(LogInput.Failure) -> LogInput {
        do throws(LogInput.Failure) {
            return try LogInput(path: path)
        } catch {
            // Compressed since the folder was read?
            guard error == .system(ENOENT) else { throw error }
            return try LogInput(path: path + ".gz")
        }
    }

    /// Reads an input to its end and says what is wrong with it.
    mutating func read(
        _ input: inout LogInput, name: String, report: (String) -> Void
    ) throws(LogsViewer.Failure) {
        let before = presenter.count
        // What is named and is no log at all must not look like an empty one.
        var isLog: Bool { presenter.count.records > before.records || presenter.count.dropped > before.dropped }
        var failure: LogInput.Failure?
        while hasReader, failure == nil {
            do throws(LogInput.Failure) {
                if try take(&input) == 0 { break }
            } catch {
                failure = error
            }
            try write()
        }
        bytesRead += input.bytesRead
        if failure == nil, hasReader {
            endLine()
        } else {
            // A part of a line is no line.
            cutter = LineCutter()
        }
        guard hasReader else { return }
        try write()
        let (records, broken) = (
            presenter.count.records - before.records, presenter.count.brokenLines - before.brokenLines
        )
        // What is said must not stand behind a line that says how far it is.
        if failure != nil || broken > 0 { progress.end() }
        if let failure {
            report("\(name): \(failure); \(records.counted("record", "records")) of it could be read")
            result.isComplete = false
        }
        if broken > 0 {
            if !isLog { result.isComplete = false }
            report(
                isLog
                    ? "\(name): \(broken.counted("line is no record and was", "lines are no records and were")) passed over"
                    : "\(name) is no access log: "
                        + (broken == 1
                            ? "its one line is no record" : "none of its \(broken.grouped) lines is a record")
            )
        }
    }

    /// Reads once from `input`.
    ///
    /// - Returns: how many bytes; 0 at the end.
    mutating func take(_ input: inout LogInput) throws(LogInput.Failure) -> Int {
        let count = try chunk.withUnsafeMutableBufferPointer { (bytes) throws(LogInput.Failure) -> Int in
            try input.read(into: UnsafeMutableRawBufferPointer(bytes))
        }
        guard count > 0 else { return 0 }
        chunk.withUnsafeBufferPointer { bytes in
            Self.cut(UnsafeBufferPointer(rebasing: bytes[..<count]), &cutter, &presenter)
        }
        progress.step(bytesRead: bytesRead + input.bytesRead, willWrite: !presenter.text.isEmpty)
        return count
    }

    private static func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cutter: inout LineCutter, _ presenter: inout LogPresenter
    ) {
        cutter.cut(bytes) { line in LogLine.read(line) { presenter.take($0) } }
    }

    /// The last line of an input, which may lack its newline.
    mutating func endLine() { Self.endLine(&cutter, &presenter) }

    private static func endLine(_ cutter: inout LineCutter, _ presenter: inout LogPresenter) {
        cutter.finish { line in LogLine.read(line) { presenter.take($0) } }
    }

    mutating func beginFollowing() throws(LogsViewer.Failure) {
        presenter.endTail()
        presenter.header()
        progress.end()
        try write()
    }

    mutating func finish() throws(LogsViewer.Failure) {
        presenter.finish()
        progress.end()
        try write()
        result.count = presenter.count
    }

    /// Writes what is there to be shown.
    mutating func write() throws(LogsViewer.Failure) {
        var rest = presenter.text[...]
        while hasReader, !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EPIPE { hasReader = false }
            if count < 0, errno != EINTR, errno != EPIPE { throw LogsViewer.Failure(code: errno) }
            rest = rest.dropFirst(max(0, count))
        }
        presenter.text.removeAll(keepingCapacity: true)
    }
}
