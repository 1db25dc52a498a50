@testable import EdgeRecords
import EdgeCore
import Foundation

/// A line of the log that holds a number, and is as long as all of its kind.
enum NumberedLine {
    /// Bytes of each, with its newline.
    static let size: Int = {
        var encoder = AccessRecordEncoder()
        var buffer: [UInt8] = []
        encoder.encode(Samples.record(first), into: &buffer)
        return buffer.count
    }()

    /// What is added to a number, so that all have the same digits.
    private static let first = 1_000_000

    static func write(_ numbers: Range<Int>, to log: AccessLog) {
        for number in numbers { log.append(record(number)) }
        log.flush()
    }

    static func record(_ number: Int) -> AccessRecord { Samples.record(first + number) }

    static func numbers(_ data: Data) -> [Int] { numbers(LogContents(data)) }

    static func numbers(_ contents: LogContents) -> [Int] { contents.records.compactMap { Int($0).map { $0 - first } } }
}
