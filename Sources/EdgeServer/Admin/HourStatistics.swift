internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import NIOCore

/// The last hour for the page: asks the traffic loops every ten seconds, at each minute's end, and when somebody wants to
/// know. Confined to the admin loop.
final class HourStatistics {
    private static let interval: Int64 = 10_000

    private let eventLoop: any EventLoop
    private let readings: LoopReadings
    private var history: MinuteHistory?
    private var next: Scheduled<Void>?

    init(eventLoop: any EventLoop, readings: LoopReadings) { (self.eventLoop, self.readings) = (eventLoop, readings) }

    func start() {
        readings.refresh { [self] in note() }
        let now = WallTime.now.milliseconds
        let delay = min(Self.interval, 60_000 - now % 60_000 + 1)
        next = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delay)) { self.start() }
    }

    /// Asks the traffic loops nothing any more.
    func stop() {
        next?.cancel()
        next = nil
    }

    /// `/statistics`.
    func answer(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        readings.refresh { [self] in
            answer(AdminResponse(contentType: "application/json", text: note().map(Self.text) ?? "{}\n"))
        }
    }

    @discardableResult
    private func note() -> MinuteHistory? {
        var metrics = LoopMetrics()
        for reading in readings.all { metrics.add(reading.metrics) }
        let (figures, now) = (RequestFigures(metrics), WallTime.now)
        if history == nil { history = MinuteHistory(figures, at: now) } else { history?.note(figures, at: now) }
        return history
    }

    // MARK: JSON

    private static func text(_ history: MinuteHistory) -> String {
        let minutes = history.minutes.map { minute in
            JSONLine.object([("time", JSONLine.string(minute.start.iso8601))] + members(minute.figures))
        }
        return JSONLine.object([
            ("minutes", JSONLine.array(minutes)), ("hour", JSONLine.object(members(history.hour))),
            ("minute", JSONLine.object(members(history.lastMinute))),
        ]) + "\n"
    }

    private static func members(_ figures: RequestFigures) -> [(name: String, value: String)] {
        let outcomes = zip(Outcome.allCases, figures.outcomes).filter { $1 > 0 }.map { ($0.rawValue, String($1)) }
        let reasons = zip(Reason.allCases, figures.reasons).filter { $1 > 0 }.map { ($0.rawValue, String($1)) }
        let quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)].map { name, share in
            (name, figures.durations.quantile(share).map(milliseconds) ?? "null")
        }
        return [
            ("requests", String(figures.requests)), ("outcomes", JSONLine.object(outcomes)),
            ("reasons", JSONLine.object(reasons)),
        ] + quantiles
    }

    private static func milliseconds(_ microseconds: Double) -> String { String((microseconds.rounded()) / 1000) }
}

@available(*, unavailable)
extension HourStatistics: Sendable {}
