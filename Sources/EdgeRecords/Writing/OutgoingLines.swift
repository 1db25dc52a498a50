/// Lines on their way out, and how far they are: pure, the thread that writes owns it.
struct OutgoingLines {
    private var segments: [[UInt8]] = []
    /// The segment that is being written, and the bytes of it that are.
    private var current = 0
    private var written = 0

    var isEmpty: Bool { current == segments.count }

    /// Takes lines, after everything that was there has been written.
    /// - Parameter notice: a line to write before them that is no record.
    mutating func load(_ segments: [[UInt8]], notice: [UInt8]? = nil) {
        self.segments = [notice ?? []] + segments
        (current, written) = (notice == nil ? 1 : 0, 0)
    }

    /// The bytes to write next.
    func withNext<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard current < segments.count else { return nil }
        return segments[current].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[written...])) }
    }

    /// Moves on by bytes that were written.
    mutating func advance(by count: Int) {
        written += count
        if current < segments.count, written >= segments[current].count {
            segments[current] = []
            current += 1
            written = 0
        }
    }

    /// Goes back to the start of a line that is written in part: its rest would mean nothing in another file.
    /// - Returns: how many bytes will be written again.
    mutating func rewindToLineStart() -> Int {
        guard current < segments.count else { return 0 }
        let newline = segments[current][..<written].lastIndex(of: UInt8(ascii: "\n"))
        let start = newline.map { $0 + 1 } ?? 0
        defer { written = start }
        return written - start
    }

    /// Records that are not written to their end.
    var remainingRecords: Int {
        segments.indices.dropFirst(max(1, current)).reduce(0) { sum, index in
            let rest = segments[index].dropFirst(index == current ? written : 0)
            return sum + rest.count { $0 == UInt8(ascii: "\n") }
        }
    }
}
