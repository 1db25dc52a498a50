internal import EdgeCore

/// How many requests ended how, and how long they took: what of ``LoopMetrics`` a history of many minutes keeps. Two that
/// were gathered one after the other can be taken from each other.
package struct RequestFigures: Equatable, Sendable {
    /// In the order of `Outcome.allCases`.
    package var outcomes: [UInt64]
    /// In the order of `Reason.allCases`.
    package var reasons: [UInt64]
    /// Of forwarded requests: refusals take next to nothing, and a flood of them would hide how long the others wait.
    package var durations: FineHistogram

    package init(_ metrics: LoopMetrics) {
        outcomes = Outcome.allCases.map { outcome in
            Reason.allCases.reduce(metrics.requests(outcome, nil)) { $0 &+ metrics.requests(outcome, $1) }
        }
        reasons = Reason.allCases.map { reason in
            Outcome.allCases.reduce(0) { $0 &+ metrics.requests($1, reason) }
        }
        durations = metrics.fineDurations
    }

    package var requests: UInt64 { outcomes.reduce(0, &+) }

    package static func + (left: RequestFigures, right: RequestFigures) -> RequestFigures {
        var sum = left
        sum.outcomes = zip(left.outcomes, right.outcomes).map(&+)
        sum.reasons = zip(left.reasons, right.reasons).map(&+)
        sum.durations.add(right.durations)
        return sum
    }

    /// What has been added since `earlier`.
    package func since(_ earlier: RequestFigures) -> RequestFigures {
        var difference = self
        difference.outcomes = zip(outcomes, earlier.outcomes).map(&-)
        difference.reasons = zip(reasons, earlier.reasons).map(&-)
        difference.durations = durations.since(earlier.durations)
        return difference
    }
}
