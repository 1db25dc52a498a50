import EdgeCore
import Testing

@Suite struct ErrorEnvelopeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var envelope: ErrorEnvelope
        var json: String
    }

    private static let requestID = Identifier(given: Array("0192f0c1-0000-7000-8000-00000000002a".utf8)[...])
    private static let time = WallTime(milliseconds: 1_795_439_109_042)

    private static func envelope(
        _ code: ErrorCode, _ status: Int, _ message: AnswerText, suggestion: AnswerText? = nil,
        details: ErrorEnvelope.Details? = nil
    ) -> ErrorEnvelope {
        var envelope = ErrorEnvelope(
            code, status: status, message: message, suggestion: suggestion, requestID: requestID, timestamp: time)
        envelope.details = details
        return envelope
    }

    static let cases: [Case] = [
        Case(
            testDescription: "nothing optional",
            envelope: envelope(.projectDisabled, 403, PlunkMessage.projectDisabled),
            json: #"""
                {"success":false,"error":{"code":"PROJECT_DISABLED","message":"Project is disabled due to security violations. All write operations are blocked.","statusCode":403,"requestId":"0192f0c1-0000-7000-8000-00000000002a"},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
        Case(
            testDescription: "quotes in message and suggestion",
            envelope: envelope(
                .missingAuth, 401, PlunkMessage.malformedAuthorization,
                suggestion: PlunkSuggestion.missingAuthorization),
            json: #"""
                {"success":false,"error":{"code":"MISSING_AUTH","message":"Authorization header must use Bearer token format: \"Authorization: Bearer YOUR_API_KEY\"","statusCode":401,"requestId":"0192f0c1-0000-7000-8000-00000000002a","suggestion":"Include an Authorization header with format: \"Authorization: Bearer YOUR_API_KEY\""},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
        Case(
            testDescription: "details before suggestion",
            envelope: envelope(
                .rateLimitExceeded, 429, "slow down", suggestion: PlunkSuggestion.rateLimitExceeded,
                details: .retryAfter(seconds: 7)),
            json: #"""
                {"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slow down","statusCode":429,"requestId":"0192f0c1-0000-7000-8000-00000000002a","details":{"retryAfter":7},"suggestion":"You have exceeded the rate limit. Wait a moment before retrying, or upgrade your plan."},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
        Case(
            testDescription: "an original status",
            envelope: envelope(.idempotencyKeyReused, 409, "used", details: .originalStatusCode(200)),
            json: #"""
                {"success":false,"error":{"code":"IDEMPOTENCY_KEY_REUSED","message":"used","statusCode":409,"requestId":"0192f0c1-0000-7000-8000-00000000002a","details":{"originalStatusCode":200}},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
        Case(
            testDescription: "null only for an original status that is not known yet",
            envelope: envelope(.idempotencyKeyReused, 409, "used", details: .originalStatusCode(nil)),
            json: #"""
                {"success":false,"error":{"code":"IDEMPOTENCY_KEY_REUSED","message":"used","statusCode":409,"requestId":"0192f0c1-0000-7000-8000-00000000002a","details":{"originalStatusCode":null}},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
        Case(
            testDescription: "field errors with a wrong type",
            envelope: ErrorEnvelope(
                fields: [.emptyString("event"), .invalidType("email", expected: .string, received: .undefined)],
                requestID: requestID, timestamp: time),
            json: #"""
                {"success":false,"error":{"code":"VALIDATION_ERROR","message":"Request validation failed","statusCode":422,"requestId":"0192f0c1-0000-7000-8000-00000000002a","errors":[{"field":"event","message":"String must contain at least 1 character(s)","code":"too_small"},{"field":"email","message":"Required","code":"invalid_type","received":"undefined"}],"suggestion":"One or more fields have incorrect types. Check that strings are quoted, numbers are unquoted, and booleans are true/false."},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
        Case(
            testDescription: "field errors without a wrong type",
            envelope: ErrorEnvelope(fields: [.invalidEmail("email")], requestID: requestID, timestamp: time),
            json: #"""
                {"success":false,"error":{"code":"VALIDATION_ERROR","message":"Request validation failed","statusCode":422,"requestId":"0192f0c1-0000-7000-8000-00000000002a","errors":[{"field":"email","message":"Invalid email","code":"invalid_string"}]},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
        Case(
            testDescription: "a reserved event",
            envelope: ErrorEnvelope(
                fields: [.reservedEvent(Array("email.\"x\"".utf8))], requestID: requestID, timestamp: time),
            json: #"""
                {"success":false,"error":{"code":"VALIDATION_ERROR","message":"Cannot track reserved system event","statusCode":422,"requestId":"0192f0c1-0000-7000-8000-00000000002a","errors":[{"field":"event","message":"Event name \"email.\"x\"\" is reserved for system use and cannot be manually tracked","code":"reserved_event","received":"email.\"x\""}]},"timestamp":"2026-11-23T13:05:09.042Z"}
                """#),
    ]

    @Test("The envelope has Plunk's members in Plunk's order, and only those that apply", arguments: cases)
    func golden(_ example: Case) {
        #expect(String(decoding: example.envelope.bytes, as: UTF8.self) == example.json)
        #expect(example.envelope.maximumSize >= example.json.utf8.count)
    }

    @Test(
        "A string is escaped where JSON asks for it and nowhere else",
        arguments: [
            (Array("plain / text".utf8), "\"plain / text\""),
            (Array("\"\\\u{8}\t\n\u{c}\r".utf8), #""\"\\\b\t\n\f\r""#),
            ([0x00, 0x1F, 0x7F], "\"\\u0000\\u001f\u{7F}\""),
            (Array("Grüße 🙂 \u{2028}".utf8), "\"Grüße 🙂 \u{2028}\""),
            ([0x61, 0xFF, 0x62], "\"a\u{FFFD}b\""),
            ([0xC3], "\"\u{FFFD}\""),
            ([0xED, 0xA0, 0x80], "\"\u{FFFD}\u{FFFD}\u{FFFD}\""),
            ([0xF0, 0x9F, 0x99], "\"\u{FFFD}\u{FFFD}\u{FFFD}\""),
            ([], "\"\""),
        ] as [([UInt8], String)])
    func string(text: [UInt8], json: String) {
        let bytes = [UInt8](textOfAtMost: JSONText.maximumSize(ofString: text.count)) {
            JSONText.appendString(text, to: &$0)
        }
        #expect(bytes == Array(json.utf8))
    }

    @Test(
        "A time is ISO 8601 in UTC with three fraction digits",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_735_689_599_007, "2024-12-31T23:59:59.007Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (Int64.max, "9999-12-31T23:59:59.999Z"),
            (Int64.min, "0000-01-01T00:00:00.000Z"),
        ])
    func time(milliseconds: Int64, text: String) {
        #expect(WallTime(milliseconds: milliseconds).iso8601 == text)
    }

    @Test("Of a reserved name that is long its beginning is said, in whole characters", arguments: 0..<4)
    func longReservedEvent(_ shift: Int) throws {
        let name = "email." + String(repeating: "x", count: shift) + String(repeating: "\u{1F600}", count: 100_000)
        let error = FieldError.reservedEvent(Array(name.utf8))
        let received = try #require(String(validating: error.received ?? [], as: UTF8.self))
        #expect(name.hasPrefix(received.dropLast(3)) && received.hasSuffix("..."))
        #expect((200..<260).contains(received.utf8.count))
        let envelope = ErrorEnvelope(
            fields: [error], requestID: Identifier(given: []), timestamp: WallTime(milliseconds: 0))
        #expect(envelope.bytes.count < 2048)
    }
}
