/// What came of a reload.
package struct ReloadResult: Hashable, Sendable {
    /// Whether the configuration was taken over; else the old one stays, whole.
    package let isSuccess: Bool
    /// Of the configuration that is in force now: 1 at start, one more with each that is taken over.
    package let generation: Int
    /// A line each, for people; the first says it all.
    package let messages: [String]
}

/// Why a configuration is not taken over.
package struct ReloadRefusal: Error {
    /// A line each, for people; the first says it all.
    package let messages: [String]

    package init(_ messages: [String]) { self.messages = messages }
}

extension ReloadResult {
    /// - Parameter generation: of the configuration that stays.
    init(refused refusal: ReloadRefusal, generation: Int) {
        isSuccess = false
        self.generation = generation
        let first = refusal.messages.first ?? "it is wrong"
        messages =
            ["configuration not reloaded, generation \(generation) stays: \(first)"] + refusal.messages.dropFirst()
    }

    /// What has been taken over.
    struct Report {
        var generation: Int
        /// Names of settings.
        var changed: [String] = []
        var needRestart: [String] = []
        /// Addresses.
        var added: [String] = []
        var removed: [String] = []
        /// Whether the certificates that were there before are others now; nil where there were none.
        var haveCertificatesNews: Bool?
        var haveAuthoritiesNews = false
    }

    init(_ report: Report) {
        isSuccess = true
        generation = report.generation
        var lines: [String] = []
        if !report.added.isEmpty { lines.append("now listening on \(report.added.joined(separator: ", "))") }
        if !report.removed.isEmpty { lines.append("no longer listening on \(report.removed.joined(separator: ", "))") }
        if report.haveAuthoritiesNews { lines.append("the file of the upstream's authorities has been read again") }
        if let haveNews = report.haveCertificatesNews {
            lines.append(
                haveNews
                    ? "new connections get the certificates as they are now" : "the certificates are as they were")
        }
        if !report.needRestart.isEmpty {
            lines.append("only a restart takes over \(report.needRestart.joined(separator: ", "))")
        }
        let changed =
            !report.changed.isEmpty
            ? "changed \(report.changed.joined(separator: ", "))"
            : report.needRestart.isEmpty ? "no setting changed" : "nothing changed that could be taken over"
        messages = ["configuration reloaded (generation \(generation)): \(changed)"] + lines
    }
}
