package import EdgeCore

/// Cuts an access log into lines and reads them. Fed piece by piece, as they come; does no I/O. Memory is bounded by the
/// longest line that it accepts.
package struct AccessLogReader {
    /// Bytes of the longest line; a longer one is broken.
    package static let maximumLineSize = 64 * 1024

    /// The line that has begun, without what was cut off because it is too long.
    private var line: [UInt8] = []
    private var isTooLong = false

    package init() {}

    /// Reads lines that end in `bytes`; `each` hears what they are and their bytes without the newline. Empty lines are
    /// passed over.
    package mutating func read<Failure: Error>(
        _ bytes: Bytes, each: (AccessLogLine, Bytes) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<end])
            rest = rest[(end + 1)...]
            try finish(each: each)
        }
        append(rest)
    }

    /// Reads the last line, which may lack its newline.
    package mutating func finish<Failure: Error>(
        each: (AccessLogLine, Bytes) throws(Failure) -> Void
    ) throws(Failure) {
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        if isTooLong { return try each(.broken, line[...]) }
        if !line.isEmpty { try each(Self.decode(line[...]), line[...]) }
    }

    /// Reads one line, without its newline.
    package static func decode(_ line: Bytes) -> AccessLogLine {
        line.withUnsafeBufferPointer { text in
            guard text.first == UInt8(ascii: "{"), text.count <= maximumLineSize else { return .broken }
            var visitor = AccessLogLineVisitor(text: text)
            do throws(JSONFailure) {
                try JSONScanner.scan(text, visitor: &visitor)
            } catch {
                return .broken
            }
            return visitor.line
        }
    }

    private mutating func append(_ bytes: Bytes) {
        let room = Self.maximumLineSize - line.count
        isTooLong = isTooLong || bytes.count > room
        line.append(contentsOf: bytes.prefix(room))
    }
}
