internal import EdgeCore

/// One record, told in words: what happened, in which check, what the client was told, what to do; then every field.
struct RecordStory {
    private let entry: AccessLogEntry
    private let columns: Int
    private let paint: Paint
    private var text = ""

    private static let label = 12

    static func make(_ entry: AccessLogEntry, columns: Int, paint: Paint) -> String {
        var maker = RecordStory(entry: entry, columns: max(40, columns), paint: paint)
        maker.make()
        return maker.text
    }

    private init(entry: AccessLogEntry, columns: Int, paint: Paint) {
        (self.entry, self.columns, self.paint) = (entry, columns, paint)
    }

    private mutating func make() {
        let story = entry.reason.flatMap(Reason.init(rawValue:))?.story ?? Outcome(rawValue: entry.outcome)?.story
        row("Request", entry.requestID)
        row("At", "\(entry.time.date) \(entry.time.preciseTimeOfDay) UTC")
        let reason = entry.reason.flatMap { $0 == entry.outcome ? nil : $0 }
        row(
            "Result", [entry.outcome, reason].compactMap { $0 }.joined(separator: ", "),
            Paint.Colour(status: entry.status))
        text += "\n"
        row("What", story?.happened.description ?? "Another version's reason, which this one cannot explain.")
        if let story, !story.checks.isEmpty {
            row("Check", story.checks.map { "\($0): \(ReasonStory.name(ofCheck: $0))" }.joined(separator: ", or "))
        }
        row("Answer", answer(story))
        row("What to do", advice(story))
        text += "\n"
        request()
        upstream()
    }

    /// What the record says the client got, else what such clients get.
    private func answer(_ story: ReasonStory?) -> String {
        guard let status = entry.status else {
            return story?.answer == nil ? "The client was told nothing: it had gone." : "None was sent."
        }
        return (["\(status)"] + [entry.code].compactMap { $0 }).joined(separator: " ")
    }

    private func advice(_ story: ReasonStory?) -> String {
        guard let story else { return "Look it up in that version's README." }
        guard entry.outcome == Outcome.forwarded.rawValue, entry.reason == nil, let status = entry.status else {
            return story.advice.description
        }
        return ReasonStory.advice(forwardedStatus: status).description
    }

    private mutating func request() {
        row("Sent", [entry.method, entry.path].compactMap { $0 }.joined(separator: " "))
        row("Host", entry.host)
        row("Origin", entry.origin)
        row("User agent", entry.userAgent)
        row("Client", entry.client)
        row("Over", [entry.protocol, entry.tls ?? "in clear text"].compactMap { $0 }.joined(separator: ", "))
        if let key = entry.key {
            let parts = [
                key.name.map { "\"\($0)\"" }, key.type, key.id.map { "SHA-256 \($0)…" },
                key.last4.map { "ends in \($0)" },
            ]
            row("Key", parts.compactMap { $0 }.joined(separator: ", "))
        }
        let bytes = [entry.bytesIn.map { "\($0.grouped) bytes in" }, entry.bytesOut.map { "\($0.grouped) out" }]
        row("Size", bytes.compactMap { $0 }.joined(separator: ", "))
        row("Took", entry.durationMicroseconds.map(AccessLogColumn.duration))
    }

    private mutating func upstream() {
        guard let upstream = entry.upstream else { return }
        let sent = upstream.attempts.map { attempts in
            attempts == 0 ? "nothing was sent" : attempts == 1 ? "sent once" : "sent \(attempts) times"
        }
        let connection = upstream.isReused.map { $0 ? "on an open connection" : "on a new connection" }
        row(
            "Plunk",
            [sent, connection, upstream.address.map { "to \($0)" }, upstream.protocol].compactMap { $0 }
                .joined(separator: ", "))
        row("", upstream.status.map { "answered \($0)" })
        row("", upstream.requestID.map { "request ID there: \($0)" })
        let times: [(String, Int?)] = [
            ("connected in", upstream.connectMicroseconds), ("TLS", upstream.tlsMicroseconds),
            ("first byte after", upstream.firstByteMicroseconds),
            (upstream.status == nil ? "given up after" : "whole answer after", upstream.totalMicroseconds),
        ]
        row(
            "",
            times.compactMap { name, time in time.map { "\(name) \(AccessLogColumn.duration($0))" } }
                .joined(separator: ", "))
    }

    /// A field and its text, over as many lines as it needs.
    private mutating func row(_ name: String, _ value: String?, _ colour: Paint.Colour = .none) {
        guard let value, !value.isEmpty else { return }
        for (index, line) in TerminalText.wrapped(value, width: columns - Self.label).enumerated() {
            var start = ""
            TerminalText(index == 0 ? name : "").append(width: Self.label, to: &start)
            text += paint(start, .dim) + paint(line, colour) + "\n"
        }
    }
}
