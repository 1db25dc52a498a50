/// How long requests took: how many fell into which of a number of ranges. Microseconds.
package struct DurationFigures: Equatable, Sendable {
    /// The lowest duration of each range; the last has no end. Ascending.
    package let starts: [UInt64]
    /// As many as `starts`.
    package private(set) var counts: [UInt64]

    /// - Parameter counts: one for each range; missing ones are 0.
    package init(starts: [UInt64], counts: [UInt64] = []) {
        self.starts = starts
        self.counts = Array((counts + Array(repeating: 0, count: starts.count)).prefix(starts.count))
    }

    package static func + (left: DurationFigures, right: DurationFigures) -> DurationFigures {
        DurationFigures(starts: left.starts, counts: zip(left.counts, right.counts).map(&+))
    }

    /// What has been added since `earlier`.
    package func since(_ earlier: DurationFigures) -> DurationFigures {
        DurationFigures(starts: starts, counts: zip(counts, earlier.counts).map(&-))
    }

    /// The lowest duration of the range within which this share of the requests stayed: never more than one of them took.
    /// Nil where there were none.
    package func quantile(_ share: Double) -> Double? {
        let total = counts.reduce(0, &+)
        guard total > 0 else { return nil }
        let rank = min(max(share, 0), 1) * Double(total)
        var (within, lowest): (UInt64, UInt64?) = (0, nil)
        for (count, start) in zip(counts, starts) where count > 0 {
            (within, lowest) = (within &+ count, start)
            if Double(within) >= rank { break }
        }
        return lowest.map { Double($0) }
    }
}
