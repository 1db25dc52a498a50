import Testing

@testable import EdgeCore

@Suite struct BodyRuleTests {
    private static func body(_ text: String) -> TestRequest { TestRequest(body: text) }

    private static func invalidJSON(_ message: String) -> Ruling {
        .refused(
            400, .validationError, .invalidJSON, "Invalid JSON in request body",
            "Ensure your request body is valid JSON and Content-Type header is set to \"application/json\".",
            errors: [FieldError(field: "", message: Array(message.utf8), code: .invalidJSON)], atHead: false)
    }

    private static func invalidFields(_ errors: [FieldError], hasWrongType: Bool = true) -> Ruling {
        .refused(
            422, .validationError, .invalidFields, "Request validation failed",
            hasWrongType
                ? "One or more fields have incorrect types. Check that strings are quoted, numbers are unquoted, and "
                    + "booleans are true/false." : nil, errors: errors, atHead: false)
    }

    private static let duplicate = #"{"event":"a","email":"a@example.com","\u0065vent":"b"}"#
    private static let nested = String(repeating: "[", count: 33)

    static let json = [
        RuleCase("nothing", body(""), invalidJSON("At byte 0: the text ends in the middle of a value")),
        RuleCase("half an object", body("{"), invalidJSON("At byte 1: the text ends in the middle of a value")),
        RuleCase("a member twice", body(duplicate), invalidJSON("At byte 37: an object has the same member twice")),
        RuleCase("two values", body("{} {}"), invalidJSON("At byte 3: there is something after the end of the value")),
        RuleCase("depth", body(nested), invalidJSON("At byte 32: arrays and objects are nested deeper than 32")),
        RuleCase(
            "a byte order mark", body("\u{FEFF}{}"),
            invalidJSON("At byte 0: the text starts with a byte order mark; send plain UTF-8")),
    ]

    private static let noEvent = FieldError.invalidType("event", expected: .string, received: .undefined)
    private static let noEmail = FieldError.invalidType("email", expected: .string, received: .undefined)

    static let fields = [
        RuleCase("no members", body("{}"), invalidFields([noEvent, noEmail])),
        RuleCase("an array", body("[]"), invalidFields([.invalidType("", expected: .object, received: .array)])),
        RuleCase("null", body("null"), invalidFields([.invalidType("", expected: .object, received: .null)])),
        RuleCase("no event", body(#"{"email":"a@example.com"}"#), invalidFields([noEvent])),
        RuleCase("no email", body(#"{"event":"a"}"#), invalidFields([noEmail])),
        RuleCase(
            "an event that is a number", body(#"{"event":1,"email":"a@example.com"}"#),
            invalidFields([.invalidType("event", expected: .string, received: .number)])),
        RuleCase(
            "an event that is empty", body(#"{"event":"","email":"a@example.com"}"#),
            invalidFields([.emptyString("event")], hasWrongType: false)),
        RuleCase(
            "an email that is none", body(#"{"event":"a","email":"a"}"#),
            invalidFields([.invalidEmail("email")], hasWrongType: false)),
        RuleCase(
            "subscribed in quotes", body(#"{"event":"a","email":"a@example.com","subscribed":"true"}"#),
            invalidFields([.invalidType("subscribed", expected: .boolean, received: .string)])),
        RuleCase("any data", body(#"{"event":"a","email":"a@example.com","subscribed":true,"data":[null]}"#)),
    ]

    private static func reserved(_ event: String) -> RuleCase {
        RuleCase(
            "the event \(event)", body(#"{"event":"\#(event)","email":"a@example.com"}"#),
            .refused(
                422, .validationError, .reservedEvent, "Cannot track reserved system event", nil,
                errors: [.reservedEvent(Array(event.utf8))], atHead: false))
    }

    static let events =
        ["email.", "email.sent", "contact.subscribed", "contact.unsubscribed", "segment.a.entry", "segment.a.exit"]
        .map(reserved)

    @Test("A body is JSON with the fields that Plunk takes", arguments: json + fields + events)
    func judges(_ row: RuleCase) throws { #expect(try row.request.judged().ruling == row.ruling) }

    @Test(
        "Names that are nearly reserved are not",
        arguments: [
            "Email.sent", "email", "emails.sent", "contact.subscribed2", "segment.a", "segment.entry.x", "x.exit",
        ])
    func nearlyReserved(_ event: String) throws {
        #expect(try Self.body(#"{"event":"\#(event)","email":"a@example.com"}"#).judged().ruling == .passes)
    }

    // MARK: What the configuration does not let pass

    private static func fieldDenied(_ message: String, _ advice: String, _ setting: String) -> Ruling {
        .refused(
            403, .forbidden, .fieldDenied, message,
            "\(advice), or change \(setting) in the edge's configuration.",
            atHead: false)
    }

    @Test("Unknown members can be refused")
    func unknownFields() throws {
        let refused = Self.fieldDenied(
            "The body has a member that is not allowed here.", "Send only event, email, subscribed and data",
            "\"body.unknownFields\"")
        let policy = Policy.with { $0.body.unknownFields = .reject }
        let request = Self.body(#"{"event":"a","email":"a@example.com","name":"x"}"#)
        #expect(try request.judged().ruling == .passes)
        #expect(try request.judged(by: policy).ruling == refused)
        #expect(try TestRequest().judged(by: policy).ruling == .passes)
        let nested = Self.body(#"{"event":"a","email":"a@example.com","data":{"name":"x"}}"#)
        #expect(try nested.judged(by: policy).ruling == .passes)
    }

    @Test("A subscription can be refused")
    func subscribed() throws {
        let refused = Self.fieldDenied(
            "The member \"subscribed\" is not allowed here.", "Leave it out", "\"body.subscribed\"")
        let policy = Policy.with { $0.body.subscribed = .reject }
        for name in ["subscribed", #"\u0073ubscribed"#] {
            let request = Self.body(#"{"event":"a","email":"a@example.com","\#(name)":false}"#)
            #expect(try request.judged(by: policy).ruling == refused)
            #expect(try request.judged(by: .with { $0.body.subscribed = .strip }).ruling == .passes)
        }
        #expect(try TestRequest().judged(by: policy).ruling == .passes)
    }

    static let patterns: [(patterns: [String], event: String, isAllowed: Bool)] = [
        (["*"], "anything", true), ([], "anything", false), (["signup"], "signup", true), (["signup"], "Signup", false),
        (["signup"], "signup2", false), (["app.*"], "app.", true), (["app.*"], "app.start", true),
        (["app.*"], "app", false),
        (["a*b"], "a*b", true), (["a*b"], "axb", false), (["a", "b*"], "bc", true),
        (["caf\u{E9}"], "cafe\u{301}", false),
        (["caf\u{E9}"], #"caf\u00e9"#, true), (["signup"], #"\u0073ignup"#, true),
    ]

    @Test("Only events that are listed may be sent", arguments: patterns)
    func eventNames(patterns: [String], event: String, isAllowed: Bool) throws {
        let denied = Ruling.refused(
            403, .forbidden, .eventDenied, "This event is not allowed here.",
            "Add the event's name to \"events.allow\" in the edge's configuration.", atHead: false)
        let policy = Policy.with { $0.events = patterns.map { EventPattern($0) } }
        let request = Self.body(#"{"event":"\#(event)","email":"a@example.com"}"#)
        #expect(try request.judged(by: policy).ruling == (isAllowed ? .passes : denied))
    }
}
