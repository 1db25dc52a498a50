import EdgeCore
import Testing

@Suite struct TrackEventTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var body: String
        /// `field: message (code, received)`, one each.
        var faults: [String]
        var testDescription: String { body }
    }

    private static let required = "Required (invalid_type, undefined)"

    private func scan(_ text: String, _ check: (TrackEvent, UnsafeBufferPointer<UInt8>) -> Void) throws {
        try Array(text.utf8).withUnsafeBufferPointer { text in
            var body = TrackBody()
            try JSONScanner.scan(text, visitor: &body)
            check(TrackEvent(body, in: text), text)
        }
    }

    static let cases: [Case] = [
        Case(body: #"{"event":"a","email":"a@b.co"}"#, faults: []),
        Case(body: #"{"email":"a@b.co","event":"a","subscribed":true,"data":{"x":[1]}}"#, faults: []),
        Case(body: #"{"event":"a","email":"a@b.co","subscribed":false,"data":null}"#, faults: []),
        Case(body: #"{"event":"a","email":"a@b.co","data":[]}"#, faults: []),
        Case(body: #"{"\u0065vent":"\u0061","email":"a\u0040b.co"}"#, faults: []),
        Case(body: #"{"data":{"event":1,"email":2},"event":"a","email":"a@b.co"}"#, faults: []),
        Case(body: "{}", faults: ["event: \(required)", "email: \(required)"]),
        Case(body: #"{"data":{"event":"a","email":"a@b.co"}}"#, faults: ["event: \(required)", "email: \(required)"]),
        Case(body: #"{"Event":"a","email":"a@b.co"}"#, faults: ["event: \(required)"]),
        Case(
            body: #"{"event":"","email":"a@b.co"}"#,
            faults: ["event: String must contain at least 1 character(s) (too_small)"]),
        Case(
            body: #"{"event":1,"email":null}"#,
            faults: [
                "event: Expected string, received number (invalid_type, number)",
                "email: Expected string, received null (invalid_type, null)",
            ]),
        Case(
            body: #"{"subscribed":"yes","email":[],"event":{}}"#,
            faults: [
                "event: Expected string, received object (invalid_type, object)",
                "email: Expected string, received array (invalid_type, array)",
                "subscribed: Expected boolean, received string (invalid_type, string)",
            ]),
        Case(
            body: #"{"event":true,"email":"","subscribed":null}"#,
            faults: [
                "event: Expected string, received boolean (invalid_type, boolean)",
                "email: Invalid email (invalid_string)",
                "subscribed: Expected boolean, received null (invalid_type, null)",
            ]),
        Case(body: "[{}]", faults: [": Expected object, received array (invalid_type, array)"]),
        Case(body: #""event""#, faults: [": Expected object, received string (invalid_type, string)"]),
        Case(body: "null", faults: [": Expected object, received null (invalid_type, null)"]),
        Case(
            body: #"{"event":"email.sent","email":"a@b.co"}"#,
            faults: [
                #"event: Event name "email.sent" is reserved for system use and cannot be manually tracked "#
                    + "(reserved_event, email.sent)"
            ]),
        Case(body: #"{"event":"email.sent","email":"a"}"#, faults: ["email: Invalid email (invalid_string)"]),
    ]

    @Test("Faults are named field by field in the order of Plunk's schema", arguments: cases)
    func faults(_ example: Case) throws {
        try scan(example.body) { event, _ in
            let faults = event.errors.map { error in
                let received = error.received.map { ", " + String(decoding: $0, as: UTF8.self) } ?? ""
                let message = String(decoding: error.message, as: UTF8.self)
                return "\(error.field): \(message) (\(error.code.rawValue)\(received))"
            }
            #expect(faults == example.faults)
        }
    }

    @Test("Members that Plunk reads and those that it drops keep their order and their bytes")
    func members() throws {
        let body = #" { "z" : [1, {"event":2}] ,"data": {"k": "v"}, "event":"a\n", "email":"a@b.co" , "":-1e3}"#
        try scan(body) { event, text in
            let bytes = { (member: TrackBody.Member) in String(decoding: text[member.range], as: UTF8.self) }
            #expect(event.members.map(\.field) == [.data, .event, .email])
            #expect(event.members.map { bytes($0.member) } == [#"{"k": "v"}"#, #""a\n""#, #""a@b.co""#])
            #expect(event.unknown.map(bytes) == [#"[1, {"event":2}]"#, "-1e3"])
            #expect(event.event == Array("a\n".utf8))
            #expect(event.email == Array("a@b.co".utf8))
            #expect(event.errors == [])
        }
    }

    @Test(
        "Events that Plunk records itself are reserved, byte for byte",
        arguments: [
            ("email.", true), ("email.sent", true), ("email", false), ("Email.sent", false), ("emails.sent", false),
            ("contact.subscribed", true), ("contact.unsubscribed", true), ("contact.subscribed ", false),
            ("contact.created", false), ("segment.vip.entry", true), ("segment.vip.exit", true),
            ("segment.entry", true), ("segment..exit", true), ("segment.vip", false), ("segment.vip.Entry", false),
            ("xsegment.vip.exit", false), ("signed_up", false), ("", false),
        ])
    func reserved(event: String, isReserved: Bool) {
        #expect(ReservedEvents.contains(Array(event.utf8)) == isReserved)
    }

    @Test(
        "An address has the plain shape that Plunk takes",
        arguments: [
            ("a@b.co", true), ("first.last+tag@mail.example.com", true), ("o'neil@example.com", true),
            ("_@x1.de", true), ("-a-@b-c.org", true), ("A@B.CO", true), ("a@b--c.com", true), ("a@b-.com", true),
            ("", false), ("@", false), ("a@", false), ("@b.co", false), ("a", false), ("a@b", false), ("a@b.c", false),
            ("a@b.c1", false), ("a@b..co", false), ("a@.co", false), ("a@-b.co", false), ("a@b.co.", false),
            (".a@b.co", false), ("a.@b.co", false), ("a..b@c.de", false), ("a'@b.co", false), ("a@b@c.de", false),
            ("a b@c.de", false), (" a@b.co", false), ("a@b.co ", false), ("a@b.co\n", false), ("ä@b.co", false),
            ("a@ä.de", false), ("\"a\"@b.co", false), ("a@[127.0.0.1]", false), ("a@b_c.de", false),
            ("a,b@c.de", false),
        ])
    func address(text: String, isPlausible: Bool) {
        #expect(EmailAddress.isPlausible(Array(text.utf8)) == isPlausible)
    }
}
