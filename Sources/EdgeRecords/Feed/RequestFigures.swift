/// How many requests ended how, and how long they took. Two that were gathered one after the other can be taken from each
/// other.
package struct RequestFigures: Equatable, Sendable {
    /// In the order of `Outcome.allCases`.
    package var outcomes: [UInt64]
    /// In the order of `Reason.allCases`.
    package var reasons: [UInt64]
    package var durations: DurationFigures

    package init(outcomes: [UInt64], reasons: [UInt64], durations: DurationFigures) {
        (self.outcomes, self.reasons, self.durations) = (outcomes, reasons, durations)
    }

    package var requests: UInt64 { outcomes.reduce(0, &+) }

    package static func + (left: RequestFigures, right: RequestFigures) -> RequestFigures {
        RequestFigures(
            outcomes: zip(left.outcomes, right.outcomes).map(&+), reasons: zip(left.reasons, right.reasons).map(&+),
            durations: left.durations + right.durations)
    }

    /// What has been added since `earlier`.
    package func since(_ earlier: RequestFigures) -> RequestFigures {
        RequestFigures(
            outcomes: zip(outcomes, earlier.outcomes).map(&-), reasons: zip(reasons, earlier.reasons).map(&-),
            durations: durations.since(earlier.durations))
    }
}
