import ArgumentParser
import EdgeCore
import EdgeRecords
import EdgeSystem

/// The filters of `plunk-edge logs`, as they are typed.
struct LogFilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Statuses: 401, 5xx.", valueName: "list"))
    var status: [String] = []

    @Option(help: ArgumentHelp("Outcomes: rejected.", valueName: "list"))
    var outcome: [String] = []

    @Option(help: ArgumentHelp("Reasons: secret_key, origin_denied.", valueName: "list"))
    var reason: [String] = []

    @Option(help: ArgumentHelp("Plunk's codes: INVALID_API_KEY.", valueName: "list"))
    var code: [String] = []

    @Option(help: ArgumentHelp("Keys by name, id (8 hex digits) or last four characters.", valueName: "list"))
    var key: [String] = []

    @Option(help: ArgumentHelp("Client addresses and blocks: 203.0.113.7, 10.0.0.0/8.", valueName: "list"))
    var client: [String] = []

    @Option(help: ArgumentHelp("Origins, or their hosts: app.example.com.", valueName: "list"))
    var origin: [String] = []

    @Option(
        help: ArgumentHelp(
            "A request's ID, or 8 characters of it or more; one record is told in words.", valueName: "id"))
    var requestID: [String] = []

    @Option(help: ArgumentHelp("Requests that took at least so long: 200ms, 1.5s.", valueName: "duration"))
    var slower: String?

    @Option(help: ArgumentHelp("From this time on: 15m (that long ago), or 2026-11-23T13:39.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Before this time.", valueName: "time"))
    var until: String?

    /// What they mean, or a sentence about the first that means nothing.
    func filter() throws -> LogFilter {
        var filter = LogFilter()
        let now = WallTime.now
        try read("--status", status) { text throws(FilterProblem) in try filter.addStatuses(text) }
        try read("--outcome", outcome) { text throws(FilterProblem) in
            note("outcome", try filter.addOutcomes(text))
        }
        try read("--reason", reason) { text throws(FilterProblem) in note("reason", try filter.addReasons(text)) }
        try read("--code", code) { text throws(FilterProblem) in note("code", try filter.addCodes(text)) }
        try read("--key", key) { text throws(FilterProblem) in try filter.addKeys(text) }
        try read("--client", client) { text throws(FilterProblem) in try filter.addClients(text) }
        try read("--origin", origin) { text throws(FilterProblem) in try filter.addOrigins(text) }
        try read("--request-id", requestID) { text throws(FilterProblem) in try filter.addRequestIDs(text) }
        try read("--slower", slower.map { [$0] } ?? []) { text throws(FilterProblem) in try filter.setSlower(text) }
        try read("--since", since.map { [$0] } ?? []) { text throws(FilterProblem) in
            try filter.setSince(text, now: now)
        }
        try read("--until", until.map { [$0] } ?? []) { text throws(FilterProblem) in
            try filter.setUntil(text, now: now)
        }
        return filter
    }

    private func read(
        _ option: String, _ values: [String], _ add: (String) throws(FilterProblem) -> Void
    ) throws {
        for value in values {
            do throws(FilterProblem) { try add(value) } catch {
                throw Exit.failure("\(option): \(error)", Exit.wrongUsage)
            }
        }
    }

    /// A name that is none may be a mistake, or another version's.
    private func note(_ what: String, _ unknown: [String]) {
        for name in unknown {
            StandardError.write(
                "plunk-edge: \"\(name)\" is no \(what) of this version; records of another version may have it\n")
        }
    }
}
