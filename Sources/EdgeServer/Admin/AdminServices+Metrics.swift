internal import EdgeCore
internal import EdgeRecords
internal import EdgeTLS
internal import EdgeUpstream
internal import NIOHTTP1

/// `/metrics`.
extension AdminServices {
    /// In the format that the scraper understands best.
    func answerMetrics(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        let accepted = request.headers["Accept"].joined(separator: ",").lowercased()
        let format: MetricText.Format =
            accepted.contains("application/openmetrics-text") ? .openMetrics : .prometheus
        readings.refresh { [self] in
            answer(AdminResponse(contentType: format.contentType, metrics(format)))
        }
    }

    private func metrics(_ format: MetricText.Format) -> [UInt8] {
        var total = LoopMetrics()
        for reading in readings.all { total.add(reading.metrics) }
        var text = MetricText(format)
        text.append(MetricCatalog.requests, Self.requests(total))
        text.append(
            MetricCatalog.requestDuration, Outcome.allCases.map { ([$0.rawValue], .histogram(total.durations($0))) })
        text.append(MetricCatalog.logDropped, .count(UInt64(clamping: log.droppedRecords)))
        text.append(
            MetricCatalog.buildInfo, [([status.version, LibCurl.version, openSSLVersion], .count(1))])
        return text.finish()
    }

    /// Pairs of outcome and reason that can occur are there from the start, so that their first increase is seen.
    private static func requests(_ total: LoopMetrics) -> [(labels: [String], value: MetricText.Value)] {
        Outcome.allCases.flatMap { outcome in
            ([nil] + Reason.allCases).compactMap { reason in
                let count = total.requests(outcome, reason)
                guard count > 0 || (reason.map { $0.outcome == outcome } ?? (outcome == .forwarded)) else { return nil }
                return ([outcome.rawValue, reason?.rawValue ?? ""], .count(count))
            }
        }
    }
}
