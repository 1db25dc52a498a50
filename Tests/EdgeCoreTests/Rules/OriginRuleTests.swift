import Testing

@testable import EdgeCore

@Suite struct OriginRuleTests {
    private static func denied(_ origin: String, _ host: String = "edge.example") -> Ruling {
        .refused(
            403, .forbidden, .originDenied, "This origin is not allowed to call this endpoint.",
            "The page's origin is \(origin), this endpoint is on \(host). Call it from a page of its own origin, or add "
                + "the page's origin to \"origins\" in the edge's configuration.")
    }

    private static let required = Ruling.refused(
        403, .forbidden, .originDenied, "Requests without an Origin are not allowed here.",
        "Call this endpoint from a page, or set \"requireOrigin\" to false in the edge's configuration.")

    static let cases = [
        RuleCase("no origin", TestRequest()),
        RuleCase("its own", TestRequest(fields: ["Origin: https://edge.example"])),
        RuleCase(
            "its own by the browser's word", TestRequest(fields: ["Origin: https://a", "Sec-Fetch-Site: same-origin"])),
        RuleCase("another", TestRequest(fields: ["Origin: https://evil.example"]), denied("https://evil.example")),
        RuleCase("null", TestRequest(fields: ["Origin: null"]), denied("null")),
        RuleCase("empty", TestRequest(fields: ["Origin:"]), denied("")),
        RuleCase(
            "a long one is cut", TestRequest(fields: ["Origin: \(String(repeating: "a", count: 1_000))"]),
            denied(String(repeating: "a", count: 128))),
        RuleCase(
            "a public key in it is not repeated", TestRequest(fields: ["Origin: https://pk_abcdefgh.example"]),
            denied("https://pk_***.example")),
        RuleCase(
            "another host's", TestRequest(host: "b.example:8080", fields: ["Origin: https://edge.example"]),
            denied("https://edge.example", "b.example:8080")),
        RuleCase(
            "a stranger's X-Forwarded-Host does not count",
            TestRequest(fields: ["Origin: https://evil.example", "X-Forwarded-Host: evil.example"]),
            denied("https://evil.example")),
        RuleCase(
            "a trusted proxy's X-Forwarded-Host does",
            TestRequest(
                fields: ["Origin: https://app.example", "X-Forwarded-Host: app.example"], peer: .v4Loopback)),
        RuleCase(
            "and goes before Host",
            TestRequest(fields: ["Origin: https://edge.example", "X-Forwarded-Host: b.example"], peer: .v4Loopback),
            denied("https://edge.example", "b.example")),
    ]

    @Test("A page of another origin may not call", arguments: cases)
    func judges(_ row: RuleCase) throws { #expect(try row.request.judged().ruling == row.ruling) }

    static let keys: [(key: String, mark: String)] = [
        ("pk_CANARY", "pk_***"), ("sk_CANARY", "sk_***"), (TestRequest.key, "pk_***"),
        ("sk_" + TestRequest.key.dropFirst(3), "sk_***"),
    ]

    @Test("A cut leaves no part of a key in what is said of the origin", arguments: keys)
    func cutsKeys(key: String, mark: String) throws {
        let limit = 128
        for start in (limit - key.utf8.count - 1)...(limit + 1) {
            let before = "https://" + String(repeating: "a", count: start - 9) + "."
            // A preflight is judged before secret keys are looked for.
            let request = TestRequest(
                method: "OPTIONS", authorization: [],
                fields: ["Origin: \(before)\(key).example", "Access-Control-Request-Method: POST"])
            let shown = String("\(before)\(mark).example".prefix(limit))
            #expect(try request.judged().ruling == Self.denied(shown), "the key begins at \(start)")
        }
    }

    @Test("An origin may be required")
    func requires() throws {
        let policy = Policy.with { $0.origins.required = true }
        #expect(try TestRequest().judged(by: policy).ruling == Self.required)
        #expect(try TestRequest(fields: ["Origin: https://edge.example"]).judged(by: policy).ruling == .passes)
        let evil = TestRequest(fields: ["Origin: https://evil.example"])
        #expect(try evil.judged(by: policy).ruling == Self.denied("https://evil.example"))
    }

    static let preflight = ["Origin: https://edge.example", "Access-Control-Request-Method: POST"]
    private static let wrongEndpoint = Ruling.refused(
        401, .missingAuth, .missingAuth, PlunkMessage.missingAuthorization.description,
        PlunkSuggestion.missingAuthorization.description)

    static let preflights = [
        RuleCase("an allowed origin", TestRequest(method: "OPTIONS", authorization: [], fields: preflight), .preflight),
        RuleCase(
            "with a query", TestRequest(method: "OPTIONS", target: "/v1/track?a", authorization: [], fields: preflight),
            .preflight),
        RuleCase(
            "a method that is not asked for in the end",
            TestRequest(
                method: "OPTIONS", authorization: [],
                fields: ["Origin: https://edge.example", "Access-Control-Request-Method: DELETE"]), .preflight),
        RuleCase(
            "another origin",
            TestRequest(
                method: "OPTIONS", authorization: [],
                fields: ["Origin: https://evil.example", "Access-Control-Request-Method: POST"]),
            denied("https://evil.example")),
        RuleCase(
            "another path", TestRequest(method: "OPTIONS", target: "/v1/send", authorization: [], fields: preflight),
            .refused(
                403, .forbidden, .originDenied, "Pages may not call this path.",
                """
                Only the edge's endpoint may be called, which is "/v1/track" unless "endpoint" in its configuration says \
                otherwise.
                """)),
        RuleCase(
            "no origin",
            TestRequest(method: "OPTIONS", authorization: [], fields: ["Access-Control-Request-Method: POST"]),
            wrongEndpoint),
        RuleCase(
            "no method asked for",
            TestRequest(method: "OPTIONS", authorization: [], fields: ["Origin: https://edge.example"]),
            wrongEndpoint),
        RuleCase("another method", TestRequest(method: "POST", authorization: [], fields: preflight), wrongEndpoint),
        RuleCase(
            "a method in lower case", TestRequest(method: "options", authorization: [], fields: preflight),
            wrongEndpoint),
    ]

    @Test("A preflight is answered without a key", arguments: preflights)
    func answers(_ row: RuleCase) throws { #expect(try row.request.judged().ruling == row.ruling) }
}
