internal import EdgeCore
internal import EdgeRecords

/// `/livez`, `/readyz` and `/status`.
extension AdminServices {
    /// A traffic loop that has not answered for this long does not turn any more.
    private static let stillness = Instant.Span.seconds(10)

    /// 200 as long as every traffic loop turns. For whoever restarts a process that does not.
    func answerLiveness(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        readings.refresh { [self] in
            let now = SystemClock.now
            guard let silentSince = readings.silentSince, silentSince.advanced(by: Self.stillness) <= now else {
                return answer(AdminResponse(text: "ok\n"))
            }
            let seconds = now.nanoseconds(since: silentSince) / 1_000_000_000
            answer(AdminResponse(503, text: "not live: an event loop has not turned for \(seconds) s\n"))
        }
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
        case .serving: []
        }
    }

    /// What runs here, for programs.
    func answerStatus(_ request: AdminRequest, _ answer: @escaping AdminRoute.Answer) {
        readings.refresh { [self] in answer(AdminResponse(contentType: "application/json", statusText)) }
    }

    private var statusText: [UInt8] {
        let state = status.current
        let lastReload =
            state.lastReload.map { reload in
                let messages = reload.messages.map(Self.quoted).joined(separator: ",")
                return """
                    {"time":"\(reload.time.iso8601)","success":\(reload.isSuccess),"messages":[\(messages)]}
                    """
            } ?? "null"
        let members = [
            ("version", Self.quoted(status.version)),
            ("pid", String(ProcessFigures.processID)),
            ("started", Self.quoted(status.started.iso8601)),
            ("configuration", status.configuration.map(Self.quoted) ?? "null"),
            ("generation", String(state.generation)),
            ("reloads", String(state.successfulReloads + state.failedReloads)),
            ("reloading", String(state.isReloading)),
            ("lastReload", lastReload),
            ("ready", String(hindrances.isEmpty)),
            ("hindrances", "[\(hindrances.map(Self.quoted).joined(separator: ","))]"),
            ("connections", String(shared.admission.count)),
            ("listeners", "[\(state.listeners.map(Self.quoted).joined(separator: ","))]"),
        ]
        return Array("{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}\n".utf8)
    }

    private static func quoted(_ text: String) -> String {
        let bytes = [UInt8](textOfAtMost: JSONText.maximumSize(ofString: text.utf8.count)) {
            JSONText.appendString(text, to: &$0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
