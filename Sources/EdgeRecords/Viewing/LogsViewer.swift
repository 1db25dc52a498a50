private import EdgeCore
private import Glibc

/// `plunk-edge logs` without its command line: reads a log from one descriptor and shows it on another, until the input
/// ends or nobody reads the output. Blocks the calling thread.
package struct LogsViewer {
    package enum Output: String, CaseIterable, Sendable {
        /// Fitted to ``Options/columns``, wide where that is nil.
        case table
        /// The lines as they are, without the broken ones.
        case json
        case wide
    }

    package struct Options: Sendable {
        package var output: Output = .table
        /// The terminal's width; nil if the output is no terminal.
        package var columns: Int?
        package var coloured = false

        package init() {}
    }

    /// What was seen.
    package struct Summary: Hashable, Sendable {
        package var records = 0
        /// Records that the log itself says are missing.
        package var dropped = 0
        package var brokenLines = 0
    }

    /// An errno(3) of reading or writing.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package var isReading: Bool
        package var code: Int32

        package init(isReading: Bool, code: Int32) { (self.isReading, self.code) = (isReading, code) }

        package var description: String {
            let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
            return "the log cannot be \(isReading ? "read" : "shown"): \(reason)"
        }
    }

    private let options: Options

    package init(_ options: Options) { self.options = options }

    /// The width of the terminal that `descriptor` is; nil if it is none.
    package static func columns(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Shows what `input` holds, as it comes.
    package func run(input: Int32, output: Int32) throws(Failure) -> Summary {
        var summary = Summary()
        var reader = AccessLogReader()
        var table = AccessLogTable(options.layout, coloured: options.coloured)
        var text: [UInt8] = options.output == .json ? [] : Array(table.header.utf8)
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        func show(_ line: AccessLogLine, _ bytes: Bytes) {
            summary.count(line)
            if options.output != .json {
                text.append(contentsOf: table.text(for: line).utf8)
            } else if line != .broken {
                text.append(contentsOf: SafeJSONLine.bytes(of: bytes))
                text.append(UInt8(ascii: "\n"))
            }
        }
        while true {
            let count = read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw Failure(isReading: true, code: errno) }
            if count == 0 { reader.finish(each: show) } else { reader.read(buffer[..<count], each: show) }
            guard try write(text, to: output), count > 0 else { return summary }
            text.removeAll(keepingCapacity: true)
        }
    }

    /// - Returns: whether somebody still reads.
    private func write(_ text: [UInt8], to output: Int32) throws(Failure) -> Bool {
        var rest = text[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EPIPE { return false }
            if count < 0, errno != EINTR { throw Failure(isReading: false, code: errno) }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}

extension LogsViewer.Options {
    fileprivate var layout: AccessLogTable.Layout {
        switch (output, columns) {
        case (.table, let columns?): .fitted(columns: columns)
        case (.table, nil), (.wide, _), (.json, _): .wide
        }
    }
}

extension LogsViewer.Summary {
    fileprivate mutating func count(_ line: AccessLogLine) {
        switch line {
        case .record: records += 1
        case .dropped(let count, _): dropped += count
        case .broken: brokenLines += 1
        }
    }
}
