import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct PassedFieldsTests {
    private static func head(_ fields: String...) throws -> RequestHead { try #require(ServerFixtures.head(fields)) }

    @Test(
        "A trusted proxy's request id is a plain name",
        arguments: ["a", "0190163d-8694-739b-aea5-966c26f8ad91", "a.b_c~d!", String(repeating: "a", count: 128)])
    func requestID(_ value: String) throws {
        let head = try Self.head("X-Request-ID: \(value)")
        #expect(PassedFields.requestID(of: head).map(Array.init) == Array(value.utf8))
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "a b", "a,b", "a/b", "a:b", "é", "\"a\"", String(repeating: "a", count: 129), "pk_0123456789abcdef",
            "id-sk_0123456789abcdef",
        ])
    func noRequestID(_ value: String) throws {
        #expect(PassedFields.requestID(of: try Self.head("X-Request-ID: \(value)")) == nil)
    }

    @Test("No request id, or two, is none")
    func requestIDLines() throws {
        #expect(PassedFields.requestID(of: try Self.head()) == nil)
        #expect(PassedFields.requestID(of: try Self.head("X-Request-ID: a", "X-Request-ID: a")) == nil)
    }

    static let userAgents: [(value: String, sent: String)] = [
        ("curl/8.5.0", "curl/8.5.0"), ("Mozilla/5.0 (X11; \"Linux\")", "Mozilla/5.0 (X11; \"Linux\")"),
        ("", "plunk-edge"), ("a\tb", "plunk-edge"), ("é", "plunk-edge"),
        (String(repeating: "a", count: 256), String(repeating: "a", count: 256)),
        (String(repeating: "a", count: 10_000), String(repeating: "a", count: 256)),
        ("app pk_0123456789abcdef x", "app pk_*** x"),
        // Freed of keys before it is cut: a cut could make one too short to be known.
        (String(repeating: "a", count: 247) + " pk_0123456789abcdef", String(repeating: "a", count: 247) + " pk_***"),
    ]

    @Test("The user agent goes on, cut and without keys", arguments: userAgents)
    func userAgent(value: String, sent: String) throws {
        let passed = PassedFields.userAgent(of: try Self.head("User-Agent: \(value)"))
        #expect(String(decoding: passed, as: UTF8.self) == sent)
    }

    @Test("Without one the edge names itself")
    func noUserAgent() throws {
        #expect(Array(PassedFields.userAgent(of: try Self.head())) == Array("plunk-edge".utf8))
    }

    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("A valid traceparent goes on", arguments: [trace, trace.dropLast() + "0", trace.dropLast(2) + "ff"])
    func traceparent(_ value: String) throws {
        #expect(
            PassedFields.traceparent(of: try Self.head("traceparent: \(value)")).map(Array.init) == Array(value.utf8))
    }

    @Test(
        "No other does",
        arguments: [
            "", "00", trace + "-00", trace + "0", String(trace.dropLast()), "01" + trace.dropFirst(2),
            "ff" + trace.dropFirst(2),
            trace.uppercased(), trace.replacing("b7ad6b7169203331", with: "0000000000000000"),
            trace.replacing("0af7651916cd43dd8448eb211c80319c", with: "00000000000000000000000000000000"),
            trace.replacing("-", with: "_"), trace.replacing("c-b", with: "c0b"), trace.replacing("0af7", with: "0ag7"),
            trace.replacing("0af7", with: "0a`7"), trace.replacing("0af7", with: "0a 7"),
            trace.replacing("0af7", with: "0a@7"),
        ])
    func noTraceparent(_ value: String) throws {
        #expect(PassedFields.traceparent(of: try Self.head("traceparent: \(value)")) == nil)
    }

    @Test("Two of them are none")
    func twoTraceparents() throws {
        let field = "traceparent: \(Self.trace)"
        #expect(PassedFields.traceparent(of: try Self.head(field, field)) == nil)
    }
}
