import Foundation

/// What a child process has printed to one of its outputs so far, read on a thread of its own until the end. Any thread.
package final class Transcript: Sendable {
    private let bytes = Monitor<(printed: [UInt8], hasEnded: Bool)>(([], false))

    init(reading handle: FileHandle) {
        Thread.detachNewThread { [bytes] in
            while case let data = handle.availableData, !data.isEmpty { bytes.withLock { $0.printed += data } }
            bytes.withLock { $0.hasEnded = true }
        }
    }

    package var text: String { String(decoding: bytes.withLock(\.printed), as: UTF8.self) }

    package var lines: [Substring] { text.split(separator: "\n") }

    /// Waits for a line that `match` finds something in; throws if the output ends without one, or is late.
    package func waitForLine<Found>(_ what: String, where match: (Substring) -> Found?) throws -> Found {
        // Each line is looked at once: logs may be long.
        var seen = 0
        let found: Found?? = bytes.wait { printed, hasEnded in
            while let end = printed[seen...].firstIndex(of: 0x0A) {
                let line = Substring(decoding: printed[seen..<end], as: UTF8.self)
                seen = end + 1
                if let found = match(line) { return .some(found) }
            }
            return hasEnded ? .some(nil) : nil
        }
        guard let found, let found else { throw Overdue("no \(what) in: \(text.suffix(2000))") }
        return found
    }

    /// Waits until the process has closed this output.
    package func waitForEnd() throws -> String {
        guard bytes.wait(for: { $0.hasEnded ? true : nil }) != nil else { throw Overdue("the output goes on: \(text)") }
        return text
    }
}
