internal import EdgeCore

/// Chooses among the lines of a log and makes what is shown of them: rows, a summary, or the story of one record. Does
/// no I/O: what it has made waits in ``text``.
struct LogPresenter {
    private enum Content {
        case rows
        case summary
        /// Rows, unless it turns out to be one record.
        case story
    }

    /// What waits to be written.
    var text: [UInt8] = []
    private(set) var count = LogsViewer.Count()

    private let options: LogsViewer.Options
    private let filter: LineFilter
    private let content: Content
    private var table: AccessLogTable
    private var hasHeader = false
    private var summary = LogSummary()
    /// The records that are last so far, where only those are wanted.
    private(set) var tail: LogTail?
    /// The first record of a story that waits whether there is another.
    private var held: [UInt8]?
    private var hasSeveral = false

    init(_ options: LogsViewer.Options) {
        self.options = options
        filter = LineFilter(options.filter)
        tail = options.last.map(LogTail.init)
        table = AccessLogTable(options.layout, coloured: options.coloured)
        let isForStory = options.output == .table && !options.isFollowing && !options.filter.requestIDs.isEmpty
        content = options.isSummary ? .summary : isForStory ? .story : .rows
    }

    /// Whether nothing that is older can change what is shown.
    var isSatisfied: Bool { tail?.isFull ?? false }

    mutating func take(_ line: LogLine) {
        switch line.kind {
        case .record: count.records += 1
        case .dropped(let number): count.dropped += number
        case .broken: if !Self.isProgramsOwn(line.bytes) { count.brokenLines += 1 }
        }
        guard filter.passes(line) else { return }
        if line.kind == .record { count.passed += 1 }
        guard tail == nil else {
            tail?.append(line.bytes)
            return
        }
        show(line)
    }

    /// Whether the edge wrote this line to standard error, which a journal holds beside its log.
    private static func isProgramsOwn(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.starts(with: "plunk-edge: ".utf8)
    }

    /// From here on come the lines of a file that is older than all before.
    mutating func beginOlder() { tail?.beginOlder() }

    /// Shows the last records; from here on lines are shown as they come.
    mutating func endTail() {
        guard let lines = tail?.lines else { return }
        tail = nil
        for line in lines { line.withUnsafeBufferPointer { LogLine.read($0) { show($0) } } }
    }

    /// Writes what can be written only at the end of all input.
    mutating func finish() {
        endTail()
        let paint = Paint(isColoured: options.coloured)
        let columns = options.columns ?? LogsViewer.usualColumns
        switch content {
        // What is no log has no table.
        case .rows: if count.records > 0 || count.dropped > 0 || count.brokenLines == 0 { header() }
        case .summary:
            text +=
                SummaryText.make(summary, columns: options.columns, usesBlocks: options.usesBlocks, paint: paint).utf8
        case .story:
            guard let held, !hasSeveral, case .record(let entry) = AccessLogReader.decode(held[...]) else { return }
            text += RecordStory.make(entry, columns: columns, paint: paint).utf8
        }
    }

    /// The headings, unless they are there already.
    mutating func header() {
        guard !hasHeader, options.output != .json, content != .summary else { return }
        hasHeader = true
        text += table.header.utf8
    }

    private mutating func show(_ line: LogLine) {
        switch content {
        case .summary: summary.add(line)
        case .rows: row(line)
        case .story:
            guard line.kind == .record else { return }
            if let first = held, !hasSeveral {
                hasSeveral = true
                first.withUnsafeBufferPointer { LogLine.read($0) { row($0) } }
            }
            if hasSeveral { row(line) } else { held = Array(line.bytes) }
        }
    }

    private mutating func row(_ line: LogLine) {
        guard options.output != .json else {
            text += SafeJSONLine.bytes(of: line.bytes)
            text.append(UInt8(ascii: "\n"))
            return
        }
        header()
        text += table.text(for: line.decoded).utf8
    }
}

/// The last lines of a log that is read file by file, the newest file first. Holds no more than it will show.
struct LogTail {
    private let limit: Int
    /// Lines of the files that were read before, which are newer.
    private var newer: [[UInt8]] = []
    private var current: [[UInt8]] = []
    /// Where the oldest of ``current`` is, once it is full.
    private var oldest = 0

    init(limit: Int) { self.limit = limit }

    var isFull: Bool { newer.count + current.count >= limit }

    var lines: [[UInt8]] { current[oldest...] + current[..<oldest] + newer }

    mutating func append(_ line: UnsafeBufferPointer<UInt8>) {
        let room = limit - newer.count
        if current.count < room {
            current.append(Array(line))
        } else if room > 0 {
            current[oldest] = Array(line)
            oldest = (oldest + 1) % room
        }
    }

    mutating func beginOlder() {
        newer = lines
        (current, oldest) = ([], 0)
    }
}
