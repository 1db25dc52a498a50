import EdgeCore
import EdgeTestSupport
import PlunkSandbox
import Synchronization
import Testing

@Suite struct SandboxServerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: TestRequest
        var status: Int
        /// With UUIDs and times masked, the request's id being `r-1`.
        var body: String
    }

    private static func error(_ code: String, _ status: Int, _ message: String, _ rest: String = "") -> String {
        #"{"success":false,"error":{"code":"\#(code)","message":"\#(message)","statusCode":\#(status),"requestId":"r-1"\#(rest)},"timestamp":"TIME"}"#
    }

    private static func at(_ target: String, method: String = "POST", key: String? = "pk_test") -> TestRequest {
        var request = TestRequest.track(key: key)
        (request.target, request.method) = (target, method)
        return request
    }

    private static func authorization(_ value: String) -> TestRequest {
        .track(key: nil, fields: [("Authorization", value)])
    }

    private static let recorded = #"{"success":true,"data":{"contact":"UUID","event":"UUID","timestamp":"TIME"}}"#
    private static let missing = error(
        "MISSING_AUTH", 401, "Authorization header is required",
        #","suggestion":"Include an Authorization header with format: \"Authorization: Bearer YOUR_API_KEY\"""#)
    private static let malformed = error(
        "MISSING_AUTH", 401,
        #"Authorization header must use Bearer token format: \"Authorization: Bearer YOUR_API_KEY\""#,
        #","suggestion":"Include an Authorization header with format: \"Authorization: Bearer YOUR_API_KEY\"""#)
    private static let keySuggestion =
        #","suggestion":"Verify your API key is correct and starts with \"sk_\" for secret keys or \"pk_\" for public keys.""#
    private static let publicKey = error(
        "INVALID_API_KEY", 401, "Invalid public API key. Ensure you are using a public key (pk_*) for this endpoint.",
        keySuggestion)
    private static let secretKey = error(
        "INVALID_API_KEY", 401, "Invalid secret API key. This endpoint requires a secret key (sk_*), not a public key.",
        keySuggestion)
    private static let elsewhere = error("RESOURCE_NOT_FOUND", 404, "The sandbox imitates POST /v1/track only")
    private static let invalidJSON = error(
        "VALIDATION_ERROR", 400, "Invalid JSON in request body",
        #","suggestion":"Ensure your request body is valid JSON and Content-Type header is set to \"application/json\".""#
    )
    private static let bothRequired = error(
        "VALIDATION_ERROR", 422, "Request validation failed",
        #","errors":[{"field":"event","message":"Required","code":"invalid_type","received":"undefined"},{"field":"email","message":"Required","code":"invalid_type","received":"undefined"}],"suggestion":"One or more fields have incorrect types. Check that strings are quoted, numbers are unquoted, and booleans are true/false.""#
    )

    static let cases: [Case] = [
        // The router.
        Case(testDescription: "a valid event", request: .track(), status: 200, body: recorded),
        Case(testDescription: "upper case", request: at("/V1/Track"), status: 200, body: recorded),
        Case(testDescription: "a slash at the end", request: at("/v1/track/"), status: 200, body: recorded),
        Case(testDescription: "a doubled slash", request: at("/v1//track"), status: 200, body: recorded),
        Case(testDescription: "a query", request: at("/v1/track?a=/b"), status: 200, body: recorded),
        Case(testDescription: "two slashes at the end", request: at("/v1/track//"), status: 401, body: secretKey),
        Case(testDescription: "a longer path", request: at("/v1/tracks"), status: 401, body: secretKey),
        Case(testDescription: "an encoded path", request: at("/v1/trac%6b"), status: 401, body: secretKey),
        Case(testDescription: "GET", request: at("/v1/track", method: "GET"), status: 401, body: secretKey),
        Case(testDescription: "send with a public key", request: at("/v1/send"), status: 401, body: secretKey),
        Case(testDescription: "send with no key", request: at("/v1/send", key: nil), status: 401, body: missing),
        Case(
            testDescription: "send with a secret key", request: at("/v1/send", key: "sk_x"), status: 404,
            body: elsewhere),
        Case(testDescription: "contacts", request: at("/contacts", method: "GET"), status: 401, body: secretKey),
        // The key.
        Case(testDescription: "no key", request: .track(key: nil), status: 401, body: missing),
        Case(testDescription: "an empty header", request: authorization(""), status: 401, body: missing),
        Case(testDescription: "no token", request: authorization("Bearer"), status: 401, body: malformed),
        Case(testDescription: "bearer", request: authorization("bearer pk_test"), status: 401, body: malformed),
        Case(testDescription: "two spaces", request: authorization("Bearer  pk_test"), status: 401, body: malformed),
        Case(testDescription: "two tokens", request: authorization("Bearer pk_a pk_b"), status: 401, body: malformed),
        Case(testDescription: "a tab", request: authorization("Bearer\tpk_test"), status: 401, body: malformed),
        Case(testDescription: "a bare key", request: authorization("pk_test"), status: 401, body: malformed),
        Case(testDescription: "a secret key", request: .track(key: "sk_test"), status: 401, body: publicKey),
        Case(testDescription: "a prefix only", request: .track(key: "pk_"), status: 401, body: publicKey),
        Case(testDescription: "another prefix", request: .track(key: "PK_test"), status: 401, body: publicKey),
        Case(testDescription: "no token characters", request: .track(key: "pk_a,b"), status: 401, body: publicKey),
        // Projects with a will of their own.
        Case(testDescription: "an unknown project", request: .track(key: "pk_unknown_1"), status: 401, body: publicKey),
        Case(
            testDescription: "a disabled project", request: .track(key: "pk_disabled"), status: 403,
            body: error(
                "PROJECT_DISABLED", 403,
                "Project is disabled due to security violations. All write operations are blocked.")),
        Case(
            testDescription: "a project over its limit", request: .track(key: "pk_limited"), status: 429,
            body: error(
                "RATE_LIMIT_EXCEEDED", 429,
                "Rate limit exceeded for this endpoint (100/second sustained, 200 burst). Retry in 1s.",
                #","details":{"retryAfter":1},"suggestion":"You have exceeded the rate limit. Wait a moment before retrying, or upgrade your plan.""#
            )),
        Case(
            testDescription: "a broken project", request: .track(key: "pk_broken"), status: 500,
            body: error("INTERNAL_SERVER_ERROR", 500, "An unexpected error occurred")),
        // The body.
        Case(testDescription: "no JSON", request: .track(body: "{"), status: 400, body: invalidJSON),
        Case(testDescription: "a bare value", request: .track(body: "1"), status: 400, body: invalidJSON),
        Case(
            testDescription: "no JSON and no key", request: .track(key: nil, body: "x"), status: 400, body: invalidJSON),
        Case(testDescription: "an empty body", request: .track(body: ""), status: 422, body: bothRequired),
        Case(testDescription: "an empty object", request: .track(body: "{}"), status: 422, body: bothRequired),
        Case(testDescription: "no type", request: .track(type: nil), status: 422, body: bothRequired),
        Case(testDescription: "plain text", request: .track(type: "text/plain"), status: 422, body: bothRequired),
        Case(
            testDescription: "plain text and no JSON", request: .track(body: "x", type: "text/plain"), status: 422,
            body: bothRequired),
        Case(
            testDescription: "a type with a parameter", request: .track(type: "Application/JSON ; charset=utf-8"),
            status: 200, body: recorded),
        Case(
            testDescription: "another JSON type", request: .track(type: "application/problem+json"), status: 422,
            body: bothRequired),
        Case(
            testDescription: "a notification's type",
            request: .track(fields: [("x-amz-sns-message-type", "x")], type: "text/plain"),
            status: 200, body: recorded),
        Case(
            testDescription: "an encoding", request: .track(fields: [("Content-Encoding", "gzip")]), status: 415,
            body: error("INVALID_REQUEST_BODY", 415, "The sandbox takes no Content-Encoding")),
        Case(
            testDescription: "unknown members",
            request: .track(body: #"{"name":1,"event":"a","email":"a@b.co","data":7,"subscribed":false}"#), status: 200,
            body: recorded),
        Case(
            testDescription: "an array", request: .track(body: "[]"), status: 422,
            body: error(
                "VALIDATION_ERROR", 422, "Request validation failed",
                #","errors":[{"field":"","message":"Expected object, received array","code":"invalid_type","received":"array"}],"suggestion":"One or more fields have incorrect types. Check that strings are quoted, numbers are unquoted, and booleans are true/false.""#
            )),
        Case(
            testDescription: "a reserved event",
            request: .track(body: #"{"event":"segment.vip.exit","email":"a@b.co"}"#),
            status: 422,
            body: error(
                "VALIDATION_ERROR", 422, "Cannot track reserved system event",
                #","errors":[{"field":"event","message":"Event name \"segment.vip.exit\" is reserved for system use and cannot be manually tracked","code":"reserved_event","received":"segment.vip.exit"}]"#
            )),
        Case(
            testDescription: "an Idempotency-Key that is too long",
            request: .track(fields: [("Idempotency-Key", String(repeating: "k", count: 256))]), status: 400,
            body: error("BAD_REQUEST", 400, "Idempotency-Key must be 1-255 printable ASCII characters")),
        Case(
            testDescription: "a body over the limit",
            request: .track(body: String(repeating: " ", count: 1024 * 1024 + 1)), status: 413,
            body: error("INVALID_REQUEST_BODY", 413, "The body is larger than the sandbox takes")),
    ]

    @Test("Answers are Plunk's, byte for byte", arguments: cases)
    func answer(_ example: Case) async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            var request = example.request
            request.fields.append(("X-Request-ID", "r-1"))
            try client.send(request.bytes)
            let response = try client.response()
            #expect(response.status == example.status)
            #expect(response.maskedBody == example.body)
            #expect(response["content-type"] == "application/json; charset=utf-8")
            #expect(response["x-request-id"] == "r-1")
        }
    }

    @Test("A request without an id gets a UUID, in the header and in the envelope")
    func requestID() async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            try client.send(TestRequest.track(key: nil).bytes)
            let response = try client.response()
            let id = try #require(response["x-request-id"])
            #expect(id.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
            #expect(response.text.contains(#""requestId":"\#(id)""#))
        }
    }

    @Test("A contact keeps its id, every event gets one of its own")
    func contactID() async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            var contacts: Set<Substring> = []
            var events: Set<Substring> = []
            for _ in 0..<3 {
                try client.send(TestRequest.track().bytes)
                let match = try #require(
                    try client.response().text.firstMatch(of: /"contact":"([^"]+)","event":"([^"]+)"/))
                contacts.insert(match.1)
                events.insert(match.2)
            }
            #expect(contacts.count == 1)
            #expect(events.count == 3)
        }
    }

    @Test("Browsers of every origin are told that they may call, with Plunk's short list of fields")
    func preflight() async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            try client.send(TestRequest(method: "OPTIONS", fields: [("Origin", "https://a.example")]).bytes)
            let response = try client.response()
            #expect(response.status == 200)
            #expect(response.text == "OK")
            #expect(response["access-control-allow-origin"] == "*")
            #expect(response["access-control-allow-headers"] == "Content-Type, Authorization")
            #expect(response["access-control-expose-headers"] == nil)
            #expect(response["access-control-max-age"] == nil)
            try client.send(Self.at("/contacts").bytes)
            #expect(try client.response()["access-control-allow-origin"] == nil)
        }
    }

    @Test("An event that was taken is told, without the key and without control characters")
    func told() async throws {
        let told = Events()
        try await withSandbox(onEvent: { told.append($0) }) { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            let body = #"{"event":"a\u001b[2J\u202e","email":"ada@example.com"}"#
            for key in ["pk_0123456789abcdef", "pk_short", "pk_broken", "sk_secret"] {
                try client.send(TestRequest.track(key: key, body: body).bytes)
                _ = try client.response()
            }
        }
        #expect(told.all.map(\.project) == ["pk_…cdef", "pk_…"])
        #expect(told.all.map(\.event) == ["a\u{FFFD}[2J\u{FFFD}", "a\u{FFFD}[2J\u{FFFD}"])
        #expect(told.all.map(\.email) == ["ada@example.com", "ada@example.com"])
    }
}

/// Runs a sandbox for the time of a test.
func withSandbox(
    rateLimit: RateLimit? = SandboxServer.plunkLimit, onEvent: @escaping @Sendable (RecordedEvent) -> Void = { _ in },
    _ body: (SandboxServer) throws -> Void
) async throws {
    let sandbox = try await SandboxServer.start(host: "127.0.0.1", port: 0, rateLimit: rateLimit, onEvent: onEvent)
    let result = Result { try body(sandbox) }
    await sandbox.stop()
    try result.get()
}

/// What a sandbox has told.
final class Events: Sendable {
    private let list = Mutex<[RecordedEvent]>([])
    var all: [RecordedEvent] { list.withLock { $0 } }
    func append(_ event: RecordedEvent) { list.withLock { $0.append(event) } }
}
