import EdgeRecords
import Foundation

/// What a log says when it is read again.
struct LogContents: Equatable {
    var records: [String] = []
    var dropped = 0
    var broken = 0

    init(_ data: Data) {
        for line in AccessLogReaderTests.read([Array(data)[...]]) {
            switch line {
            case .record(let entry): records.append(entry.requestID)
            case .dropped(let count, _): dropped += count
            case .broken: broken += 1
            }
        }
    }
}
