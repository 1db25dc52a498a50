import EdgeCore
import EdgeRecords
import EdgeTestSupport
import Foundation

/// Lines of a log, whoever wrote them: a line that is read as a record is JSON for Foundation, too, with the same values;
/// the quick way of reading comes to the same as the thorough one; and a log is the same lines however it is cut.
package enum AccessLogTarget: FuzzTarget {
    package static let name = "access-log"

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let lines = input.split(separator: 0x0A)
        let whole = cut([input[...]])
        let place = input.isEmpty ? 0 : Int(input[0]) * input.count / 256
        try require(cut([input[..<place], input[place...]]) == whole, "cut at \(place) the log has other lines")
        try require(whole == lines.map { AccessLogReader.decode($0) }, "a line means something else in its log")
        for (line, meaning) in zip(lines, whole) {
            if case .record(let entry) = meaning { try checkRecord(entry, Array(line)) }
            try checkQuickWay(Array(line), meaning)
        }
    }

    private static func cut(_ pieces: [Bytes]) -> [AccessLogLine] {
        var lines: [AccessLogLine] = []
        var cutter = LineCutter()
        let note = { (line: UnsafeBufferPointer<UInt8>) in LogLine.read(line) { lines.append($0.decoded) } }
        for piece in pieces { piece.withUnsafeBufferPointer { cutter.cut($0, each: note) } }
        cutter.finish(each: note)
        return lines
    }

    private static func checkRecord(_ entry: AccessLogEntry, _ line: [UInt8]) throws(FuzzFinding) {
        guard let tree = JSONTarget.tree(line), case .object(let members) = tree
        else {
            throw FuzzFinding("Foundation reads no object")
        }
        if JSONTarget.scanner(line)?.hasEquivalentNames == true { return }
        func string(_ name: String) -> String? {
            guard case .string(let text)? = members[Array(name.utf8)] else { return nil }
            return String(decoding: text, as: UTF8.self)
        }
        let texts = [
            ("time", entry.time.iso8601), ("request_id", entry.requestID), ("outcome", entry.outcome),
            ("client", entry.client), ("protocol", entry.protocol), ("tls", entry.tls), ("method", entry.method),
            ("path", entry.path), ("host", entry.host), ("origin", entry.origin), ("user_agent", entry.userAgent),
            ("code", entry.code), ("reason", entry.reason),
        ]
        for (name, value) in texts {
            let other = string(name)
            try require(
                other.map { Array($0.utf8) } == value.map { Array($0.utf8) },
                "\(name) is \(String(describing: value)), not \(String(describing: other))")
        }
        for (name, value) in [("status", entry.status), ("bytes_in", entry.bytesIn), ("bytes_out", entry.bytesOut)] {
            guard let value else { continue }
            guard case .number(let other)? = members[Array(name.utf8)], other == Double(value) else {
                throw FuzzFinding("\(name) is \(value) for one reader only")
            }
        }
        if let duration = entry.durationMicroseconds {
            guard case .number(let other)? = members[Array("duration_ms".utf8)],
                abs(other * 1000 - Double(duration)) <= max(0.5, other * 1e-9)
            else { throw FuzzFinding("duration_ms is \(duration) for one reader only") }
        }
    }

    /// What a line is chosen and counted by is the same, whichever way it was read.
    private static func checkQuickWay(_ line: [UInt8], _ meaning: AccessLogLine) throws(FuzzFinding) {
        var quick: (kind: LogLine.Kind, fields: [String?])?
        line.withUnsafeBufferPointer { bytes in
            LogLine.read(bytes) { quick = ($0.kind, texts(of: $0.fields, in: $0.text)) }
        }
        switch meaning {
        case .record(let entry):
            let (fields, text) = LineFields.flattened(entry)
            let slow = text.withUnsafeBufferPointer { texts(of: fields, in: $0) }
            try require(quick?.kind == .record, "quickly no record")
            try require(quick?.fields == slow, "quickly \(quick?.fields ?? []), not \(slow)")
        case .dropped(let count, let time):
            try require(quick?.kind == .dropped(count), "quickly not so many dropped")
            try require(quick?.fields[0] == time.iso8601, "quickly dropped at another time")
        case .broken: try require(quick?.kind == .broken, "quickly not broken")
        }
    }

    private static func texts(of fields: LineFields, in text: UnsafeBufferPointer<UInt8>) -> [String?] {
        let places = [
            fields.requestID, fields.client, fields.origin, fields.keyType, fields.keyID, fields.keyLast4,
            fields.keyName, fields.outcome, fields.code, fields.reason,
        ]
        let numbers = [fields.status, fields.durationMicroseconds].map { $0.map { "\($0)" } }
        return [fields.time.iso8601] + numbers
            + places.map { place in text[place].map { String(decoding: $0, as: UTF8.self) } }
    }
}
