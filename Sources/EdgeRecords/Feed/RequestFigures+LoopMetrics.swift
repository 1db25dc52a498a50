internal import EdgeCore

extension RequestFigures {
    /// Of what the loops have counted. Durations are those of forwarded requests: refusals take next to nothing, and a
    /// flood of them would hide how long the others wait.
    package init(_ metrics: LoopMetrics) {
        let outcomes = Outcome.allCases.map { outcome in
            Reason.allCases.reduce(metrics.requests(outcome, nil)) { $0 &+ metrics.requests(outcome, $1) }
        }
        let reasons = Reason.allCases.map { reason in
            Outcome.allCases.reduce(0) { $0 &+ metrics.requests($1, reason) }
        }
        self.init(
            outcomes: outcomes, reasons: reasons,
            durations: DurationFigures(starts: FineHistogram.starts, counts: metrics.fineDurations.counts))
    }
}
