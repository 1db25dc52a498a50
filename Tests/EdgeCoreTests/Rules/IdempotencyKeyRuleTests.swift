import Testing

@testable import EdgeCore

@Suite struct IdempotencyKeyRuleTests {
    private static let malformed = Ruling.refused(
        400, .badRequest, .badRequest, "The Idempotency-Key is malformed.",
        "Send one Idempotency-Key of 1 to 255 printable ASCII characters, or none.")

    @Test("1 to 255 printable characters are a key", arguments: ["a", "a b~!", String(repeating: "a", count: 255)])
    func accepts(_ key: String) throws {
        #expect(try TestRequest(fields: ["Idempotency-Key: \(key)"]).judged().ruling == .passes)
    }

    @Test(
        "Anything else is an error",
        arguments: [[""], [String(repeating: "a", count: 256)], ["é"], ["a\tb"], ["a", "a"]])
    func refuses(_ keys: [String]) throws {
        let request = TestRequest(fields: keys.map { "Idempotency-Key: \($0)" })
        #expect(try request.judged().ruling == Self.malformed)
    }
}
