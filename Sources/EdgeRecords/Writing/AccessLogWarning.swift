internal import EdgeCore

/// What the operator should hear when log lines are lost, and when they are written again.
package struct AccessLogWarning: Hashable, Sendable, CustomStringConvertible {
    /// Records dropped since the last warning.
    package var dropped: Int
    /// Why nothing can be written; nil when it is only too slow.
    package var failure: AccessLogFailure?
    /// Whether the failure that was told last is over.
    package var isOver = false

    package init(dropped: Int, failure: AccessLogFailure?) { (self.dropped, self.failure) = (dropped, failure) }

    package var description: String {
        let cause =
            isOver
            ? "the access log is written again"
            : failure.map(\.description) ?? "the access log is not read or written fast enough"
        switch dropped {
        case 0: return cause
        case 1: return "\(cause); 1 record was dropped"
        default: return "\(cause); \(dropped) records were dropped"
        }
    }
}

/// Decides when to warn: at once, then at most every ten seconds. Pure.
struct WarningSchedule {
    private static let interval = Instant.Span.seconds(10)

    private var next: Instant?
    private var reported = 0
    private var failure: AccessLogFailure?
    /// Whether it has been told that lines cannot be written, and not yet that they can.
    private var isWaiting = false

    mutating func noticed(_ failure: AccessLogFailure) { self.failure = failure }

    /// The warning that is due.
    /// - Parameter dropped: records dropped since the start.
    mutating func warning(dropped: Int, at now: Instant) -> AccessLogWarning? {
        guard dropped > reported || failure != nil else { return nil }
        if let next, now < next { return nil }
        defer { (next, reported, failure) = (now.advanced(by: Self.interval), dropped, nil) }
        isWaiting = isWaiting || failure?.keepsLinesWaiting == true
        return AccessLogWarning(dropped: dropped - reported, failure: failure)
    }

    /// Lines have been written: the word that is due of it, with what was lost meanwhile.
    /// - Parameter dropped: records dropped since the start.
    mutating func written(dropped: Int) -> AccessLogWarning? {
        guard isWaiting else {
            // A short failure soon after another that was told, and nothing was lost.
            if dropped == reported, failure?.keepsLinesWaiting == true { failure = nil }
            return nil
        }
        defer { (isWaiting, failure, reported) = (false, nil, dropped) }
        var word = AccessLogWarning(dropped: dropped - reported, failure: nil)
        word.isOver = true
        return word
    }
}
