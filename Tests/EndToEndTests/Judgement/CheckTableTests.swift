import EdgeTestSupport
import Testing

/// Each check in its order, with the answer letter by letter.
@Suite(.serialized, .edge(.checkTable)) struct CheckTableTests {
    /// A row: the request, and the answer with its ids and time masked.
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: ClientRequest
        let refusal: Refusal
        /// What the envelope's `error` holds: `"code":…` up to its end, without `statusCode` and `requestId`.
        let message: String
        /// Members behind `requestId`, each with a comma before it.
        let rest: String

        init(_ description: String, _ request: ClientRequest, _ refusal: Refusal, _ message: String, _ rest: String) {
            (testDescription, self.request, self.refusal) = (description, request, refusal)
            (self.message, self.rest) = (message, rest)
        }

        var text: String {
            #"{"success":false,"error":{"code":"\#(refusal.code)","message":"\#(message)","#
                + #""statusCode":\#(refusal.status),"requestId":"ID"\#(rest)},"timestamp":"TIME"}"#
        }
    }

    private static let track = ClientRequest.track()
    private static let publicMessage =
        "Invalid public API key. Ensure you are using a public key (pk_*) for this endpoint."
    private static let secretMessage =
        "Invalid secret API key. This endpoint requires a secret key (sk_*), not a public key."
    private static let missingSuggestion =
        #","suggestion":"Include an Authorization header with format: \"Authorization: Bearer YOUR_API_KEY\"""#
    private static let keySuggestion =
        #","suggestion":"Verify your API key is correct and starts with \"sk_\" for "#
        + #"secret keys or \"pk_\" for public keys.""#
    private static let exposedSuggestion =
        #","suggestion":"A secret key (sk_*) was sent to a public endpoint and is "#
        + #"exposed. Rotate it in Plunk's dashboard now, and use the public key (pk_*) in browsers and apps.""#
    private static let typesSuggestion =
        #","suggestion":"One or more fields have incorrect types. Check that strings are "#
        + #"quoted, numbers are unquoted, and booleans are true/false.""#
    private static let bearerMessage =
        #"Authorization header must use Bearer token format: \"Authorization: Bearer YOUR_API_KEY\""#

    static let rows: [Row] = [
        Row(
            "3: a secret key", track.replacing("Authorization: Bearer \(Planted.secret)"), .secretKey, publicMessage,
            exposedSuggestion),
        Row(
            "3: a secret key on another endpoint",
            other.replacing("Authorization: Bearer \(Planted.secret)"), .secretKey, secretMessage, exposedSuggestion),
        Row(
            "4: no Authorization", track.without("Authorization"), .missingAuth, "Authorization header is required",
            missingSuggestion),
        Row(
            "4: malformed", track.replacing("Authorization: \(Planted.publicKey)"), .malformedAuth, bearerMessage,
            missingSuggestion),
        Row(
            "5: a key that is not listed", track.replacing("Authorization: Bearer pk_unlisted0123456789"), .unknownKey,
            publicMessage, keySuggestion),
        Row(
            "6: another endpoint", other, .wrongEndpoint, secretMessage,
            #","suggestion":"Only POST to the edge's endpoint is forwarded, which is \"/v1/track\" unless \"endpoint\" in "#
                + #"its configuration says otherwise.""#),
        Row(
            "7: another origin", track.adding("Origin: https://evil.test"), .originDenied,
            "This origin is not allowed to call this endpoint.",
            #","suggestion":"The page's origin is https://evil.test, this endpoint is on edge.test. Call it from a page of "#
                + #"its own origin, or add the page's origin to \"origins\" in the edge's configuration.""#),
        Row(
            "9: another type", track.replacing("Content-Type: application/x-www-form-urlencoded"), .contentType,
            "The Content-Type is not application/json.",
            #","suggestion":"Send the header \"Content-Type: application/json\".""#),
        Row(
            "9: a compressed body", track.adding("Content-Encoding: gzip"), .contentType, "The body is compressed.",
            #","suggestion":"Send the body without Content-Encoding.""#),
        Row(
            "10: a large body", track.body(String(repeating: " ", count: 40_000)), .bodyTooLarge,
            "The request body is larger than 32768 bytes.",
            #","suggestion":"Send less data with the event, or raise \"body.maxSize\" in the edge's configuration.""#),
        Row(
            "12: no event, no email", track.body("{}"), .invalidFields, "Request validation failed",
            #","errors":[{"field":"event","message":"Required","code":"invalid_type","received":"undefined"},"#
                + #"{"field":"email","message":"Required","code":"invalid_type","received":"undefined"}]"#
                + typesSuggestion),
        Row(
            "12: wrong types", track.body(#"{"event":1,"email":null,"subscribed":"yes"}"#), .invalidFields,
            "Request validation failed",
            #","errors":[{"field":"event","message":"Expected string, received number","code":"invalid_type","received":"number"},"#
                + #"{"field":"email","message":"Expected string, received null","code":"invalid_type","received":"null"},"#
                + #"{"field":"subscribed","message":"Expected boolean, received string","code":"invalid_type","received":"string"}]"#
                + typesSuggestion),
        Row(
            "12: a reserved event", track.body(#"{"event":"email.sent","email":"ada@example.com"}"#),
            Refusal(status: 422, code: "VALIDATION_ERROR", reason: "reserved_event"),
            "Cannot track reserved system event",
            #","errors":[{"field":"event","message":"Event name \"email.sent\" is reserved for system use and cannot be "#
                + #"manually tracked","code":"reserved_event","received":"email.sent"}]"#),
        Row(
            "13: a member that is not allowed", track.body(#"{"event":"signup","email":"ada@example.com","x":1}"#),
            fieldDenied, "The body has a member that is not allowed here.", denied("body.unknownFields")),
        Row(
            "13: subscribed", track.body(#"{"event":"signup","email":"ada@example.com","subscribed":true}"#),
            fieldDenied,
            #"The member \"subscribed\" is not allowed here."#,
            #","suggestion":"Leave it out, or change \"body.subscribed\" in the edge's configuration.""#),
        Row(
            "13: an event that is not allowed", track.body(#"{"event":"purchase","email":"ada@example.com"}"#),
            Refusal(status: 403, code: "FORBIDDEN", reason: "event_denied"), "This event is not allowed here.",
            #","suggestion":"Add the event's name to \"events.allow\" in the edge's configuration.""#),
    ]

    private static let fieldDenied = Refusal(status: 403, code: "FORBIDDEN", reason: "field_denied")
    private static let other = ClientRequest.track(line: "POST /v1/send HTTP/1.1")

    private static func denied(_ setting: String) -> String {
        #","suggestion":"Send only event, email, subscribed and data, or change \"\#(setting)\" in the edge's configuration.""#
    }

    @Test("Each check answers letter by letter", arguments: rows)
    func exactAnswer(row: Row) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(row.request)
        try scene.expect(row.refusal, response)
        #expect(Self.masked(response.text) == row.text)
        #expect(scene.upstream.requests.count == before)
    }

    @Test("The first check that fails answers: every later fault stays unsaid")
    func order() throws {
        let scene = try Scene.of()
        // Faults of checks 13 back to 3, added one at a time: each new one takes the answer over.
        var request = Self.track.body(#"{"event":"purchase","email":"ada@example.com"}"#)
        let steps: [(Refusal, (inout ClientRequest) -> Void)] = [
            (Refusal(status: 403, code: "FORBIDDEN", reason: "event_denied"), { _ in }),
            (Self.fieldDenied, { $0 = $0.body(#"{"event":"purchase","email":"ada@example.com","x":1}"#) }),
            (.invalidFields, { $0 = $0.body(#"{"event":1,"email":"ada@example.com","x":1}"#) }),
            (.invalidJSON, { $0 = $0.body(#"{"event":1,"x":1"#) }),
            (.bodyTooLarge, { $0 = $0.body(String(repeating: "{", count: 40_000)) }),
            (.contentType, { $0 = $0.replacing("Content-Type: text/html") }),
            (.originDenied, { $0 = $0.adding("Origin: https://evil.test") }),
            (.wrongEndpoint, { $0.line = "PUT /v1/send HTTP/1.1" }),
            (.unknownKey, { $0 = $0.replacing("Authorization: Bearer pk_unlisted0123456789") }),
            (.malformedAuth, { $0 = $0.replacing("Authorization: Bearer") }),
            (.missingAuth, { $0 = $0.without("Authorization") }),
            (.secretKey, { $0 = $0.adding("X-Api-Key: \(Planted.secret)") }),
            (.badRequest, { $0 = $0.adding("Host: other.test") }),
        ]
        for (refusal, change) in steps {
            change(&request)
            try scene.expect(refusal, try scene.exchange(request))
        }
    }

    @Test(
        "Check 11 says where the text stops being JSON",
        arguments: [
            ("{\"event\":\"signup\",", 18), ("", 0), ("{\"event\":\"signup\"}x", 18),
        ])
    func invalidJSON(text: String, offset: Int) throws {
        let scene = try Scene.of()
        let response = try scene.exchange(Self.track.body(text))
        try scene.expect(.invalidJSON, response)
        let error = try #require(try response.json()["error"])
        #expect(error["message"] == "Invalid JSON in request body")
        #expect(
            error["suggestion"]
                == #"Ensure your request body is valid JSON and Content-Type header is set to "application/json"."#)
        guard case .array(let errors) = error["errors"] else {
            Issue.record("no errors")
            return
        }
        #expect(errors.first?["message"]?.string?.hasPrefix("At byte \(offset): ") == true, "\(errors)")
    }

    @Test("What passes every check is forwarded", arguments: ["signup", "page.view", "page."])
    func passes(event: String) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(Self.track.body(#"{"event":"\#(event)","email":"ada@example.com"}"#))
        try scene.expectForwarded(response, since: before)
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["outcome"] == "forwarded")
        #expect(record["status"] == 200)
        #expect(record["reason"] == nil)
        #expect(record["key"]?["name"] == "web")
    }

    static func masked(_ text: String) -> String {
        text.replacing(/"requestId":"[^"]*"/, with: #""requestId":"ID""#)
            .replacing(/"timestamp":"[^"]*"/, with: #""timestamp":"TIME""#)
    }
}

extension JSONValue {
    /// Settings under which each check can fail.
    static let checkTable: JSONValue = [
        "keys": [["name": "web", "accepts": ["\(Planted.publicKey)"]]],
        "events": ["allow": ["signup", "page.*"]],
        "body": ["subscribed": "reject", "unknownFields": "reject"],
    ]
}
