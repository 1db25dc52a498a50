/// How long requests took: how many fell into which of a few ranges. Microseconds.
package struct DurationFigures: Equatable, Sendable {
    /// The highest duration of each range but the last, which has no end. Ascending.
    package let bounds: [UInt64]
    /// One more than `bounds`.
    package private(set) var counts: [UInt64]

    /// - Parameter counts: one for each bound and one for what is longer; missing ones are 0.
    package init(bounds: [UInt64], counts: [UInt64] = []) {
        self.bounds = bounds
        self.counts = Array((counts + Array(repeating: 0, count: bounds.count + 1)).prefix(bounds.count + 1))
    }

    package static func + (left: DurationFigures, right: DurationFigures) -> DurationFigures {
        DurationFigures(bounds: left.bounds, counts: zip(left.counts, right.counts).map(&+))
    }

    /// What has been added since `earlier`.
    package func since(_ earlier: DurationFigures) -> DurationFigures {
        DurationFigures(bounds: bounds, counts: zip(counts, earlier.counts).map(&-))
    }

    /// The duration below which this share of the requests stayed, as if each range were evenly filled; the last bound
    /// where it lies above. Nil where there were none.
    package func quantile(_ share: Double) -> Double? {
        let total = counts.reduce(0, &+)
        guard total > 0 else { return nil }
        let rank = min(max(share, 0), 1) * Double(total)
        var (below, lower) = (0.0, 0.0)
        for (count, bound) in zip(counts, bounds) {
            let upper = Double(bound)
            if count > 0, below + Double(count) >= rank {
                return lower + (upper - lower) * (rank - below) / Double(count)
            }
            (below, lower) = (below + Double(count), upper)
        }
        return lower
    }
}
