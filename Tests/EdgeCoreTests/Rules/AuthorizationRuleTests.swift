import Testing

@testable import EdgeCore

@Suite struct AuthorizationRuleTests {
    private static let missing = Ruling.refused(
        401, .missingAuth, .missingAuth, "Authorization header is required",
        "Include an Authorization header with format: \"Authorization: Bearer YOUR_API_KEY\"")
    private static let malformed = Ruling.refused(
        401, .missingAuth, .malformedAuth,
        "Authorization header must use Bearer token format: \"Authorization: Bearer YOUR_API_KEY\"",
        "Include an Authorization header with format: \"Authorization: Bearer YOUR_API_KEY\"")
    private static let twice = Ruling.refused(
        400, .badRequest, .malformedAuth, "Authorization stands twice.", "Send one Authorization header.")
    private static let unknown = Ruling.refused(
        401, .invalidAPIKey, .unknownKey,
        "Invalid public API key. Ensure you are using a public key (pk_*) for this endpoint.",
        "Verify your API key is correct and starts with \"sk_\" for secret keys or \"pk_\" for public keys.")

    static let cases = [
        RuleCase("a public key", TestRequest()),
        RuleCase("spaces around it", TestRequest(authorization: ["  Bearer pk_abcdef \t"])),
        RuleCase("none", TestRequest(authorization: []), missing),
        RuleCase("empty", TestRequest(authorization: [""]), missing),
        RuleCase("spaces", TestRequest(authorization: ["  "]), missing),
        RuleCase("only in another field", TestRequest(authorization: [], fields: ["X-Api-Key: pk_abcdef"]), missing),
        RuleCase("two different ones", TestRequest(authorization: ["Bearer pk_a", "Bearer pk_b"]), twice),
        RuleCase("two equal ones", TestRequest(authorization: ["Bearer pk_a", "Bearer pk_a"]), twice),
        RuleCase("an empty one in front", TestRequest(authorization: ["", "Bearer pk_a"]), twice),
        RuleCase("an empty one behind", TestRequest(authorization: ["Bearer pk_a", ""]), twice),
    ]

    static let malformedValues = [
        "Bearer", "bearer pk_abcdef", "BEARER pk_abcdef", "Bearer  pk_abcdef", "Bearer\tpk_abcdef", "Bearer pk_a b",
        "Bearer pk_a, Bearer pk_b", "Bearer pk_a,pk_b", "Bearer pk_a,", "Bearer%20pk_abcdef", "Bearer\u{A0}pk_abcdef",
        "Bearer pk_\u{A0}", "Bearer pk_é", "Bearer рk_abcdef", "Bearer ｐｋ_abcdef", "Bearer pk_a\u{301}",
        "Bearer pk_a\u{200B}", "Basic cGtfYWJjZGVmOg==", "Token pk_abcdef", "pk_abcdef", "Bearer:pk_abcdef",
        "Bearer=pk_a",
        "Bearerpk_abcdef",
    ].map { RuleCase($0, TestRequest(authorization: [$0]), malformed) }

    @Test("There is one Authorization: Bearer, one space, one token", arguments: cases + malformedValues)
    func judges(_ row: RuleCase) throws { #expect(try row.request.judged().ruling == row.ruling) }

    @Test("Where the configuration stands in, a missing key is none, a malformed one stays malformed")
    func whenMissing() throws {
        let policy = Policy.with(keys: [.init("web", accepts: ["web"], sends: TestRequest.key, whenMissing: true)]) {
            _ in
        }
        #expect(try TestRequest(authorization: []).judged(by: policy).ruling == .passes)
        #expect(try TestRequest(authorization: [""]).judged(by: policy).ruling == .passes)
        #expect(try TestRequest(authorization: ["Basic eA=="]).judged(by: policy).ruling == Self.malformed)
        #expect(try TestRequest(authorization: ["", ""]).judged(by: policy).ruling == Self.twice)
        #expect(try TestRequest(authorization: ["Bearer pk_other"]).judged(by: policy).ruling == Self.unknown)
    }
}
