internal import EdgeCore

/// The page at `/` of the admin listener, and what belongs to it. Its three files are in the binary as they stand in
/// `Page/`; what is live on it comes from ``RecordStreams`` and ``HourStatistics``.
enum AdminPage {
    static func routes(_ statistics: HourStatistics, _ streams: RecordStreams?) -> [AdminRoute] {
        let files = [
            file("/", "a page for people", type: "text/html", PackageResources.index_html),
            file("/page.css", "its style", type: "text/css", PackageResources.page_css),
            file("/page.js", "its script", type: "text/javascript", PackageResources.page_js),
        ]
        let figures = [
            AdminRoute("/reasons.json", "what reasons and outcomes mean") { $1(reasons) },
            AdminRoute("/statistics", "the last hour minute by minute, as JSON", answer: statistics.answer),
        ]
        let events = streams.map { AdminRoute("/events", "records as they come", answer: $0.answer) }
        return files + figures + [events].compactMap(\.self)
    }

    /// Nothing from elsewhere, nothing inline, nothing sent, nobody's frame.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static func file(_ path: String, _ summary: String, type: String, _ bytes: [UInt8]) -> AdminRoute {
        AdminRoute(path, summary) { _, answer in
            var response = AdminResponse(contentType: "\(type); charset=utf-8", bytes)
            response.fields = [
                ("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer"),
                ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ]
            answer(response)
        }
    }

    // MARK: Words

    /// The same words that `plunk-edge logs --request-id` says.
    private static var reasons: AdminResponse {
        let reasons = Reason.allCases.map { ($0.rawValue, story($0.story, outcome: $0.outcome)) }
        let outcomes = Outcome.allCases.map { ($0.rawValue, story($0.story, outcome: $0)) }
        let text = JSONLine.object([
            ("reasons", JSONLine.object(reasons)), ("outcomes", JSONLine.object(outcomes)),
        ])
        return AdminResponse(contentType: "application/json", text: text + "\n")
    }

    private static func story(_ story: ReasonStory, outcome: Outcome) -> String {
        JSONLine.object([
            ("outcome", JSONLine.string(outcome.rawValue)),
            ("checks", JSONLine.array(story.checks.map(String.init))),
            ("happened", JSONLine.string(String(describing: story.happened))),
            ("answer", story.answer.map { JSONLine.string(String(describing: $0)) } ?? "null"),
            ("advice", JSONLine.string(String(describing: story.advice))),
        ])
    }
}
