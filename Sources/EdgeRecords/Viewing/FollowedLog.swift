internal import EdgeCore
internal import EdgeSystem
private import Glibc

/// A log that is read while it is written, across its rotation: what was renamed is read to its end before the new file
/// is begun.
struct FollowedLog: ~Copyable {
    /// Time between two looks.
    private static let interval: UInt32 = 100_000

    private let path: String
    private var input: LogInput?
    private(set) var identity: FileIdentity?
    /// The time of the file's first record, by which files that came after it are known; before it has one, the time
    /// when it was opened.
    private var begins = WallTime.now
    /// Why it could not be opened when that was tried last.
    private(set) var failure: LogInput.Failure?
    /// What has been said: a failure that lasts is said once.
    private var reported: LogInput.Failure?

    init(_ path: String) {
        self.path = path
        open()
    }

    private mutating func open() {
        do throws(LogInput.Failure) {
            let opened = try LogInput(path: path)
            guard let status = FileStatus(of: opened.descriptor) else { return }
            // It can be opened, and every read fails.
            guard !status.isFolder else { throw .system(EISDIR) }
            identity = status.identity
            input = consume opened
            begins = LogFileList.firstTime(in: path) ?? WallTime.now
            failure = nil
        } catch {
            failure = error
        }
    }

    /// Says why it cannot be opened, if it cannot.
    ///
    /// - Returns: false where waiting is of no use.
    mutating func reportMissing(_ report: (String) -> Void) -> Bool {
        guard let failure else { return true }
        reported = failure
        let isMissing = failure == .system(ENOENT)
        report(isMissing ? "\(path) is not there yet; waiting" : "\(path): \(failure)")
        return isMissing
    }

    private mutating func failed(_ failure: LogInput.Failure, _ report: (String) -> Void) {
        guard failure != reported else { return }
        reported = failure
        report("\(path): \(failure)")
    }

    /// Reads what is there.
    mutating func catchUp(_ run: inout LogRun, report: (String) -> Void) throws(LogsViewer.Failure) {
        while run.hasReader {
            do throws(LogInput.Failure) {
                guard let count = try input?.feed(&run), count > 0 else { return }
                reported = nil
            } catch {
                failed(error, report)
                run.result.isComplete = false
                return
            }
            try run.write()
        }
    }

    /// Waits a moment, and reads what came.
    mutating func goOn(_ run: inout LogRun, report: (String) -> Void) throws(LogsViewer.Failure) {
        usleep(Self.interval)
        if input == nil {
            open()
            // A log that is gone for a moment is being rotated.
            if let failure, failure != .system(ENOENT) { failed(failure, report) }
        }
        startAgainIfCut(&run)
        try catchUp(&run, report: report)
        // Only a file with something in it has replaced this one: until then the writer may still have this one open.
        guard let now = FileStatus(path: path), now.identity != identity, now.size > 0 else { return }
        try catchUp(&run, report: report)
        run.endLine()
        let (old, oldBegins) = (identity, begins)
        input = nil
        // Opened before the folder is read, as at the start: what is renamed in between is found there.
        open()
        let files = LogFileList(of: [path], since: nil).files
        // Compressed meanwhile, the old one is another file.
        let newer =
            files.firstIndex { $0.identity == old }.map { Array(files[($0 + 1)...]) }
            ?? files.filter { file in file.begins.map { $0 > oldBegins } ?? false }
        for file in newer where file.identity != identity { try run.read(file, report: report) }
        try catchUp(&run, report: report)
    }

    /// logrotate's copytruncate: the file is the same and begins anew.
    private mutating func startAgainIfCut(_ run: inout LogRun) {
        guard let descriptor = input?.descriptor, let read = input?.bytesRead,
            let status = FileStatus(of: descriptor), status.isRegular, status.size < read
        else { return }
        run.endLine()
        input?.rewind()
        begins = LogFileList.firstTime(in: path) ?? WallTime.now
    }
}

extension LogInput {
    /// Has `run` read from this once.
    fileprivate mutating func feed(_ run: inout LogRun) throws(Failure) -> Int { try run.take(&self) }
}
