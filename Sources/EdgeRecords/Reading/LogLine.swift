internal import EdgeCore

/// A line of a log as it is read: what it is, and its bytes, which are there only while it is looked at.
package struct LogLine {
    package enum Kind: Hashable, Sendable {
        case record
        /// This many records are missing here.
        case dropped(Int)
        /// Not JSON, longer than 64 KiB, or without what every line has.
        case broken
    }

    package let kind: Kind
    /// Of a dropped line only the time.
    package let fields: LineFields
    /// What the fields' places are in.
    package let text: UnsafeBufferPointer<UInt8>
    /// The whole line, without its newline.
    let bytes: UnsafeBufferPointer<UInt8>

    /// Everything that the line says.
    package var decoded: AccessLogLine { AccessLogReader.decode(Array(bytes)[...]) }

    /// Reads a line, without its newline.
    package static func read(_ line: UnsafeBufferPointer<UInt8>, each: (LogLine) -> Void) {
        if let fields = LineScanner.scan(line) {
            return each(LogLine(kind: .record, fields: fields, text: line, bytes: line))
        }
        switch AccessLogReader.decode(Array(line)[...]) {
        case .record(let entry):
            let (fields, text) = LineFields.flattened(entry)
            text.withUnsafeBufferPointer { each(LogLine(kind: .record, fields: fields, text: $0, bytes: line)) }
        case .dropped(let count, let time):
            var fields = LineFields()
            fields.time = time
            each(LogLine(kind: .dropped(count), fields: fields, text: line, bytes: line))
        case .broken: each(LogLine(kind: .broken, fields: LineFields(), text: line, bytes: line))
        }
    }
}
