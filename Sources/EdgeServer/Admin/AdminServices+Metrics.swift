internal import EdgeCore
internal import EdgeRecords
internal import EdgeTLS
internal import EdgeUpstream
internal import NIOHTTP1

/// `/metrics`: what the loops have counted, summed up, and what the process knows as a whole.
extension AdminServices {
    private typealias Sample = (labels: [String], value: MetricText.Value)

    /// In the format that the scraper understands best.
    func answerMetrics(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        let accepted = request.headers["Accept"].joined(separator: ",").lowercased()
        let format: MetricText.Format = accepted.contains("application/openmetrics-text") ? .openMetrics : .prometheus
        readings.refresh { [self] in
            answer(AdminResponse(contentType: format.contentType, metrics(format)))
        }
    }

    private func metrics(_ format: MetricText.Format) -> [UInt8] {
        let total = LoopReading(summing: readings.all)
        var text = MetricText(format)
        appendRequests(total.metrics, to: &text)
        appendConnections(total, to: &text)
        appendUpstream(total, to: &text)
        appendOperation(to: &text)
        Self.appendProcess(started: status.started, to: &text)
        return text.finish()
    }

    private func appendRequests(_ total: LoopMetrics, to text: inout MetricText) {
        text.append(MetricCatalog.requests, Self.requests(total))
        text.append(
            MetricCatalog.requestDuration, Outcome.allCases.map { ([$0.rawValue], .histogram(total.durations($0))) })
        text.append(
            MetricCatalog.rateLimited, LimitKind.allCases.map { (["\($0)"], .count(total.limited($0))) })
        text.append(MetricCatalog.logDropped, .count(UInt64(clamping: log.droppedRecords)))
        text.append(MetricCatalog.logWaiting, .count(UInt64(clamping: log.waitingBytes)))
    }

    /// Pairs of outcome and reason that can occur are there from the start, so that their first increase is seen.
    private static func requests(_ total: LoopMetrics) -> [Sample] {
        Outcome.allCases.flatMap { outcome in
            ([nil] + Reason.allCases).compactMap { reason in
                let count = total.requests(outcome, reason)
                guard count > 0 || (reason.map { $0.outcome == outcome } ?? (outcome == .forwarded)) else { return nil }
                return ([outcome.rawValue, reason?.rawValue ?? ""], .count(count))
            }
        }
    }

    private func appendConnections(_ total: LoopReading, to text: inout MetricText) {
        let kinds = ConnectionKind.allCases
        let open = [false, true].map { isHTTP2 in
            kinds.filter { $0.isHTTP2 == isHTTP2 }.reduce(0) { $0 + total.metrics.openConnections($1) }
        }
        let undecided = total.connections - Int(clamping: open.reduce(0, +))
        text.append(
            MetricCatalog.connections,
            [
                (["HTTP/1.1"], .count(open[0])), (["HTTP/2"], .count(open[1])),
                (["undecided"], .count(UInt64(clamping: undecided))),
            ])
        text.append(
            MetricCatalog.connectionsOpened,
            kinds.map { ([$0.protocol, $0.tls], .count(total.metrics.openedConnections($0))) })
        text.append(MetricCatalog.connectionsDisplaced, .count(total.metrics.displacedConnections))
        text.append(
            MetricCatalog.handshakes,
            TLSCounts.versions.flatMap { version in
                [false, true].map { isResumed in
                    ([version, "\(isResumed)"], .count(total.tls.completed(version, isResumed: isResumed)))
                }
            })
        text.append(
            MetricCatalog.handshakeFailures,
            TLSCounts.Failure.allCases.map { ([$0.rawValue], .count(total.tls.failures($0))) })
        // Two listeners may have the same one.
        let expiries = Dictionary(
            status.current.certificates.flatMap(\.expiries).map { ($0.certificate, $0.notAfter) }, uniquingKeysWith: min
        )
        text.append(
            MetricCatalog.certificateExpiry,
            expiries.sorted { $0.key < $1.key }.map { ([$0.key], .number(Double($0.value.milliseconds) / 1000)) })
    }

    private func appendUpstream(_ total: LoopReading, to text: inout MetricText) {
        let phases = [("connect", UpstreamPhase.connect), ("tls", .tls), ("first_byte", .firstByte), ("total", .total)]
        text.append(
            MetricCatalog.upstreamDuration, phases.map { ([$0.0], .histogram(total.metrics.phases($0.1))) })
        text.append(MetricCatalog.upstreamWait, .histogram(total.metrics.phases(.wait)))
        text.append(
            MetricCatalog.upstreamResponses, (2...5).map { (["\($0)xx"], .count(total.metrics.answers($0))) })
        let upstream = total.upstream
        text.append(
            MetricCatalog.upstreamConnections,
            [
                (["active"], .count(UInt64(clamping: upstream.connections - upstream.idle))),
                (["idle"], .count(UInt64(clamping: upstream.idle))),
            ])
        let counts = upstream.counts
        text.append(MetricCatalog.upstreamConnectionsOpened, .count(UInt64(clamping: counts.opened)))
        text.append(MetricCatalog.upstreamConnectionsFailed, .count(UInt64(clamping: counts.failedToOpen)))
        text.append(MetricCatalog.upstreamWaiting, .count(UInt64(clamping: upstream.waiting)))
        text.append(MetricCatalog.upstreamInFlight, .count(UInt64(clamping: upstream.inFlight)))
        text.append(MetricCatalog.upstreamRetries, .count(UInt64(clamping: counts.repeats)))
        text.append(MetricCatalog.breakerOpen, .count(upstream.outage == nil ? 0 : 1))
        text.append(MetricCatalog.breakerOpened, .count(UInt64(clamping: counts.breakerOpenings)))
    }

    private func appendOperation(to text: inout MetricText) {
        let state = status.current
        text.append(MetricCatalog.ready, .count(hindrances.isEmpty ? 1 : 0))
        text.append(
            MetricCatalog.reloads,
            [
                (["success"], .count(UInt64(clamping: state.successfulReloads))),
                (["failure"], .count(UInt64(clamping: state.failedReloads))),
            ])
        text.append(MetricCatalog.lastReloadSuccessful, .count(state.lastReload?.result.isSuccess == false ? 0 : 1))
        text.append(MetricCatalog.lastReloadTime, .number(Double(state.configured.milliseconds) / 1000))
        text.append(MetricCatalog.buildInfo, [([status.version, LibCurl.version, openSSLVersion], .count(1))])
    }

    private static func appendProcess(started: WallTime, to text: inout MetricText) {
        let figures = ProcessFigures.current
        func append(_ metric: Metric, _ value: UInt64?) {
            if let value { text.append(metric, .count(value)) }
        }
        if let seconds = figures.cpuSeconds { text.append(MetricCatalog.processCPU, .number(seconds)) }
        append(MetricCatalog.processResident, figures.residentBytes)
        append(MetricCatalog.processVirtual, figures.virtualBytes)
        append(MetricCatalog.processDescriptors, figures.descriptors)
        append(MetricCatalog.processDescriptorLimit, figures.descriptorLimit)
        append(MetricCatalog.processThreads, figures.threads)
        text.append(MetricCatalog.processStart, .number(Double(started.milliseconds) / 1000))
    }
}
