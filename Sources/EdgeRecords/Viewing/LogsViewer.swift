internal import EdgeCore
private import EdgeSystem

/// `plunk-edge logs` without its command line: reads a log and shows it on a descriptor, until the input ends or nobody
/// reads the output. Blocks the calling thread.
package struct LogsViewer: Sendable {
    package enum Output: String, CaseIterable, Sendable {
        /// Fitted to ``Options/columns``, wide where that is nil.
        case table
        /// The lines as they are, without the broken ones.
        case json
        case wide
    }

    package struct Options: Sendable {
        package var output: Output = .table
        /// The width to fit; nil if the output is no terminal, and nobody has said how wide it is.
        package var columns: Int?
        package var coloured = false
        /// Whether charts may be drawn with block characters instead of ASCII.
        package var usesBlocks = true
        package var filter = LogFilter()
        /// Only so many records, the last.
        package var last: Int?
        /// What the records amount to, instead of themselves.
        package var isSummary = false
        /// Whether the log goes on: whatever is shown is shown as it comes.
        package var isFollowing = false
        /// A terminal on which to say how far reading has come.
        package var progress: Int32?

        package init() {}
    }

    /// What was seen.
    package struct Count: Hashable, Sendable {
        package var records = 0
        /// Records that passed the filter.
        package var passed = 0
        /// Records that the log itself says are missing.
        package var dropped = 0
        package var brokenLines = 0
    }

    /// What came of it.
    package struct Result: Sendable {
        package var count = Count()
        /// Whether all that was named was read.
        package var isComplete = true
    }

    /// An errno(3) of writing.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package var code: Int32

        package init(code: Int32) { self.code = code }

        package var description: String { "the log cannot be shown: \(SystemFailure(code))" }
    }

    /// The width of what is no terminal, and of a terminal that does not say.
    package static let usualColumns = 80

    let options: Options

    package init(_ options: Options) { self.options = options }

    /// Shows what `input` holds, as it comes.
    ///
    /// - Parameter report: is told, in a sentence, what cannot be read or is no log.
    package func run(input: Int32, name: String, output: Int32, report: (String) -> Void) throws(Failure) -> Result {
        var run = LogRun(options, output: output)
        run.begin(total: 0)
        var source = LogInput(descriptor: input)
        try run.read(&source, name: name, report: report)
        try run.finish()
        return run.result
    }

    /// Shows the logs at `paths`, each with its rotated files, oldest first.
    ///
    /// - Parameter follow: goes on with what is written to the one log at `paths`, until nobody reads the output.
    package func run(
        paths: [String], follow: Bool, output: Int32, report: (String) -> Void
    ) throws(Failure) -> Result {
        var run = LogRun(options, output: output)
        // What is followed is opened before the folder is read: then a rotation in between hides nothing.
        var followed = follow ? paths.first.map(FollowedLog.init) : nil
        guard followed?.reportMissing(report) ?? true else {
            run.result.isComplete = false
            return run.result
        }
        let list = LogFileList(of: paths, since: options.filter.since)
        for (path, failure) in list.failures where followed == nil {
            report("\(path): \(failure)")
            run.result.isComplete = false
        }
        if list.files.isEmpty, followed == nil, !list.failures.isEmpty { return run.result }
        let files = list.files.filter { $0.identity != followed?.identity }
        run.begin(total: list.files.reduce(0) { $0 + $1.size })
        if options.last == nil {
            for file in files { try run.read(file, report: report) }
            if followed != nil { try followed?.catchUp(&run, report: report) }
        } else {
            if followed != nil { try followed?.catchUp(&run, report: report) }
            for file in files.reversed() where !run.isSatisfied {
                run.beginOlder()
                try run.read(file, report: report)
            }
        }
        if followed != nil {
            try run.beginFollowing()
            while run.hasReader { try followed?.goOn(&run, report: report) }
        }
        try run.finish()
        return run.result
    }
}

extension LogsViewer.Options {
    var layout: AccessLogTable.Layout {
        switch (output, columns) {
        case (.table, let columns?): .fitted(columns: columns)
        case (.table, nil), (.wide, _), (.json, _): .wide
        }
    }
}
