import EdgeCore
import EdgeRecords
import EdgeTestSupport
import Foundation

/// Whatever a record holds, its line is one line of JSON that Foundation reads, holds no key and nothing that fools a
/// terminal or a reader, and is read back as the record.
package enum AccessRecordTarget: FuzzTarget {
    package static let name = "access-record"

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var input = FuzzInput(input)
        let record = FuzzedRecord.make(&input)
        var encoder = AccessRecordEncoder()
        var line: [UInt8] = []
        encoder.encode(record, into: &line)
        try require(line.last == 0x0A && line.count { $0 == 0x0A } == 1, "not one line")
        try require(line.count <= AccessRecordEncoder.maximumLineSize, "a line of \(line.count) bytes")
        line.removeLast()
        guard let text = String(validating: line, as: UTF8.self) else { throw FuzzFinding("a line that is not UTF-8") }
        try require(
            !text.unicodeScalars.contains(where: BrokenText.isUnsafe), "a line that can fool its reader: \(text)")
        let tree = JSONTarget.foundation(line)
        guard case .object? = tree else { throw FuzzFinding("no JSON object: \(text)") }
        for string in tree?.strings ?? [] {
            try require(PlainKeys.contains(["sk_", "pk_"], in: string) != true, "a key is in \(text)")
        }
        let expected = PlainEntry.expected(of: record)
        let read = AccessLogReader.decode(line[...])
        try require(read == .record(expected), "\(text) is read as \(read), not \(expected)")
        try AccessLogTarget.check(line)
    }
}
