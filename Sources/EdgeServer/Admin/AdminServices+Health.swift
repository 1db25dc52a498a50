internal import EdgeCore
private import EdgeSystem
internal import EdgeUpstream

/// `/livez`, `/readyz` and `/status`.
extension AdminServices {
    /// A traffic loop that has not answered for this long does not turn any more.
    private static let stillness = Instant.Span.seconds(10)

    /// How long Plunk may fail before others should be asked, and for how long it counts that it was tried in vain.
    private static let outagePatience = Instant.Span.seconds(30)
    private static let outageMemory = Instant.Span.seconds(60)

    /// 200 as long as every traffic loop turns and every listener is there. For whoever restarts a process that does not.
    func answerLiveness(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        readings.refresh { [self] in
            let silence = Self.complaint(silentSince: readings.silentSince, now: Instant.now)
            if let complaint = silence ?? shared.acceptTrouble.complaint {
                answer(AdminResponse(503, text: "not live: \(complaint)\n"))
            } else {
                answer(AdminResponse(text: "ok\n"))
            }
        }
    }

    /// What is wrong if a loop has not answered since then; nil while it may just be at work.
    static func complaint(silentSince: Instant?, now: Instant) -> String? {
        guard let silentSince, silentSince.advanced(by: stillness) <= now else { return nil }
        return "an event loop has not turned for \(now.nanoseconds(since: silentSince) / 1_000_000_000) s"
    }

    /// 200 if requests should be sent here, else 503 with a line for each reason why not.
    func answerReadiness(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        readings.refresh { [self] in
            let hindrances = self.hindrances
            if hindrances.isEmpty { return answer(AdminResponse(text: "ready\n")) }
            answer(AdminResponse(503, text: hindrances.map { "not ready: \($0)\n" }.joined()))
        }
    }

    /// Why no requests should be sent here, as far as it is known; nothing if they should.
    var hindrances: [String] {
        switch status.current.phase {
        case .starting: ["starting"]
        case .draining: ["draining"]
        case .serving: [shared.acceptTrouble.complaint, complaintOfPlunk].compactMap(\.self)
        }
    }

    private var complaintOfPlunk: String? {
        guard let outage = LoopReading(summing: readings.all).upstream.outage else { return nil }
        let cause = shared.upstreamTrouble.cause(since: outage.since)
        return Self.complaint(of: outage, cause: cause, now: Instant.now)
    }

    /// Only while Plunk is tried in vain: an edge that gets no requests because it is not ready would never find out that
    /// Plunk is back. So it is ready again a minute after it last tried, and the next request is the next try.
    ///
    /// - Parameter cause: libcurl's words, if there are any.
    static func complaint(of outage: UpstreamReading.Outage, cause: String?, now: Instant) -> String? {
        guard outage.since.advanced(by: outagePatience) <= now, now < outage.lastFailure.advanced(by: outageMemory)
        else { return nil }
        let seconds = now.nanoseconds(since: outage.since) / 1_000_000_000
        return "no answer from Plunk for \(seconds) s" + (cause.map { ": \($0)" } ?? "")
    }

    /// What runs here, for programs.
    func answerStatus(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        readings.refresh { [self] in answer(AdminResponse(contentType: "application/json", text: statusText)) }
    }

    private var statusText: String {
        let state = status.current
        let lastReload = state.lastReload.map { reload in
            JSONLine.object([
                ("time", JSONLine.string(reload.time.iso8601)), ("success", String(reload.result.isSuccess)),
                ("messages", JSONLine.array(reload.result.messages.map(JSONLine.string))),
            ])
        }
        return JSONLine.object([
            ("version", JSONLine.string(status.version)),
            ("pid", String(ProcessFigures.processID)),
            ("started", JSONLine.string(status.started.iso8601)),
            ("configuration", status.configuration.map(JSONLine.string) ?? "null"),
            ("generation", String(state.generation)),
            ("reloads", String(state.successfulReloads + state.failedReloads)),
            ("reloading", String(state.isReloading)),
            ("lastReload", lastReload ?? "null"),
            ("ready", String(hindrances.isEmpty)),
            ("hindrances", JSONLine.array(hindrances.map(JSONLine.string))),
            ("connections", String(shared.admission.count)),
            ("listeners", JSONLine.array(state.listeners.map(JSONLine.string))),
        ]) + "\n"
    }
}
