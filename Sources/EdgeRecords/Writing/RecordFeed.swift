private import Synchronization

/// The records of the last moments, for whoever looks on: log lines, as the event loops hand them over. Holds at most
/// ``capacity`` bytes and one hand-over; the oldest make room. Any thread.
///
/// It knows nobody who listens. Each asks for what is new since its own position, when it has room for that, so one that
/// is slow costs no memory and no loop any time: it finds out how many records have gone without it.
package final class RecordFeed: Sendable {
    /// Bytes of lines that are kept: about five hundred records.
    package static let capacity = 256 * 1024

    /// What is new for a listener.
    package struct Batch {
        /// Whole lines, the oldest first, each with its newline.
        package var lines: [UInt8] = []
        /// The number of the first of them.
        package var first: UInt64
        /// What to ask for next time.
        package var next: UInt64
        /// Records before `first` that the listener has not seen and will not see.
        package var missed: UInt64
    }

    /// Lines that came one after the other.
    private struct Segment {
        var lines: [UInt8]
        var first: UInt64
        var records: Int
    }

    private struct State {
        var segments: [Segment] = []
        var bytes = 0
        /// The number of the next record; the first has 0.
        var next: UInt64 = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let segmentSize: Int

    package init(capacity: Int = RecordFeed.capacity) {
        self.capacity = capacity
        segmentSize = max(1, capacity / 8)
    }

    /// Takes whole lines, one a record. A lock and a copy of a few kilobytes.
    package func append(_ lines: [UInt8], records: Int) {
        guard records > 0 else { return }
        state.withLock { state in
            if let last = state.segments.indices.last, state.segments[last].lines.count + lines.count <= segmentSize {
                state.segments[last].lines.append(contentsOf: lines)
                state.segments[last].records += records
            } else {
                state.segments.append(segment(of: lines, first: state.next, records: records))
            }
            state.bytes += lines.count
            state.next += UInt64(records)
            while let oldest = state.segments.first, state.bytes - oldest.lines.count >= capacity {
                state.bytes -= oldest.lines.count
                state.segments.removeFirst()
            }
        }
    }

    /// Small hand-overs are copied into memory of a segment's size: theirs is sized for the busiest moment.
    private func segment(of lines: [UInt8], first: UInt64, records: Int) -> Segment {
        guard lines.count < segmentSize else { return Segment(lines: lines, first: first, records: records) }
        var copy: [UInt8] = []
        copy.reserveCapacity(segmentSize)
        copy.append(contentsOf: lines)
        return Segment(lines: copy, first: first, records: records)
    }

    /// The newest records from number `position` on.
    ///
    /// - Parameters:
    ///   - position: 0 for all that are kept, else what the last batch said. One that has not come yet counts as 0.
    ///   - limit: bytes of lines; what is older and does not fit is missed.
    package func records(from position: UInt64, atMost limit: Int) -> Batch {
        // References only: the lines are looked at without the lock.
        let (segments, next) = state.withLock { ($0.segments, $0.next) }
        let wanted = position > next ? 0 : position
        var parts: [ArraySlice<UInt8>] = []
        var (first, room) = (next, limit)
        for segment in segments.reversed() where segment.first + UInt64(segment.records) > wanted {
            let skipped = wanted > segment.first ? Int(clamping: wanted - segment.first) : 0
            let (part, records) = Self.newest(of: segment, skipping: skipped, atMost: room)
            parts.append(part)
            (first, room) = (first - UInt64(records), room - part.count)
            if records < segment.records - skipped { break }
        }
        let lines = parts.reversed().reduce(into: [UInt8]()) { $0.append(contentsOf: $1) }
        return Batch(lines: lines, first: first, next: next, missed: first - wanted)
    }

    /// The last lines of a segment that fit, without the first `skipped`.
    private static func newest(
        of segment: Segment, skipping skipped: Int, atMost limit: Int
    ) -> (lines: ArraySlice<UInt8>, records: Int) {
        var (lines, records) = (segment.lines[...], segment.records)
        while records > 0, segment.records - records < skipped || lines.count > limit {
            guard let end = lines.firstIndex(of: UInt8(ascii: "\n")) else { break }
            lines = lines[(end + 1)...]
            records -= 1
        }
        return (lines, records)
    }
}
