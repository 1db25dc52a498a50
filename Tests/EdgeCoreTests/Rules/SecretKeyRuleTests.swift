import Testing

@testable import EdgeCore

@Suite struct SecretKeyRuleTests {
    private static let secret = "sk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    private static let suggestion =
        "A secret key (sk_*) was sent to a public endpoint and is exposed. Rotate it in Plunk's dashboard now, and use "
        + "the public key (pk_*) in browsers and apps."

    private static func refused(atHead: Bool = true, isForEndpoint: Bool = true) -> Ruling {
        .refused(
            401, .invalidAPIKey, .secretKey,
            isForEndpoint
                ? "Invalid public API key. Ensure you are using a public key (pk_*) for this endpoint."
                : "Invalid secret API key. This endpoint requires a secret key (sk_*), not a public key.",
            suggestion, atHead: atHead)
    }

    static let authorizations = [
        "Bearer \(secret)", "Bearer sk_", "bearer \(secret)", "BEARER SK_A", "Bearer  \(secret)", "Bearer\t\(secret)",
        "Bearer%20\(secret)", "Bearer pk_a, Bearer \(secret)", "Bearer pk_a,sk_b", "Token \(secret)", secret, "sk_",
        "Bearer %73k_abc", "Bearer %2573k_abc", "Basic c2tfOg==", "basic c2tfYWJjZGVmOg==", "Basic  c2tfOg==",
        "Basic c2tfYWJjZGVmOg", "Basic dXNlcjpza19hYmNkZWY=", "Digest username=\"\(secret)\"", "Bearer \"sk_a\"",
        "Bearer\u{A0}\(secret)",
    ].map { RuleCase("Authorization: \($0)", TestRequest(authorization: [$0]), refused()) }

    static let places = [
        RuleCase(
            "the second Authorization", TestRequest(authorization: ["Bearer pk_a", "Bearer \(secret)"]), refused()),
        RuleCase(
            "the first Authorization", TestRequest(authorization: ["Bearer \(secret)", "Bearer pk_a"]), refused()),
        RuleCase("X-Api-Key", TestRequest(fields: ["X-Api-Key: \(secret)"]), refused()),
        RuleCase("X-Api-Key, the prefix alone", TestRequest(fields: ["x-api-key: sk_"]), refused()),
        RuleCase("a cookie", TestRequest(fields: ["Cookie: a=b; key=\(secret)"]), refused()),
        RuleCase("a second cookie line", TestRequest(fields: ["Cookie: a=b", "Cookie: k=\(secret)"]), refused()),
        RuleCase("an encoded cookie", TestRequest(fields: ["Cookie: a=%73k_abcdef"]), refused()),
        RuleCase("User-Agent", TestRequest(fields: ["User-Agent: app/\(secret)"]), refused()),
        RuleCase("Referer", TestRequest(fields: ["Referer: https://a/?key=\(secret)"]), refused()),
        RuleCase("a field of no name we know", TestRequest(fields: ["X-My-Plunk: \(secret)"]), refused()),
        RuleCase("a field's name", TestRequest(fields: ["sk_abcdefghi: x"]), refused()),
        RuleCase("Idempotency-Key", TestRequest(fields: ["Idempotency-Key: \(secret)"]), refused()),
        RuleCase(
            "an Idempotency-Key with a key of another form behind other text",
            TestRequest(fields: ["Idempotency-Key: checkout-20261127-sk_CANARY0123456789abcdef"]), refused()),
        RuleCase(
            "the same behind percent-encoding",
            TestRequest(fields: ["Idempotency-Key: checkout-20261127-%73k_CANARY0123456789abcdef"]), refused()),
        RuleCase("Host", TestRequest(host: "sk_abcdef.example"), refused()),
        RuleCase("the query", TestRequest(target: "/v1/track?key=\(secret)"), refused()),
        RuleCase("the encoded query", TestRequest(target: "/v1/track?key=%73%6B%5Fabcdef"), refused()),
        RuleCase("the twice encoded query", TestRequest(target: "/v1/track?key=%2573k_abcdef"), refused()),
        RuleCase("user information", TestRequest(target: "http://\(secret)@a/v1/track"), refused(isForEndpoint: false)),
        RuleCase("the path", TestRequest(target: "/\(secret)"), refused(isForEndpoint: false)),
        RuleCase(
            "another method", TestRequest(method: "GET", authorization: ["Bearer sk_a"]), refused(isForEndpoint: false)),
        RuleCase("the method", TestRequest(method: secret), refused(isForEndpoint: false)),
        RuleCase(
            "the body", TestRequest(body: #"{"event":"a","email":"a@example.com","key":"\#(secret)"}"#),
            refused(atHead: false)),
        RuleCase("deep in the body", TestRequest(body: #"{"data":{"a":["\#(secret)"]}}"#), refused(atHead: false)),
        RuleCase("a member's name", TestRequest(body: #"{"\#(secret)":1}"#), refused(atHead: false)),
        RuleCase("an escaped body", TestRequest(body: #"{"a":"\u0073\u006b\u005fabcdef"}"#), refused(atHead: false)),
        RuleCase(
            "a body behind escape and percent sign", TestRequest(body: #"{"a":"\u002573k_abcdef"}"#),
            refused(atHead: false)),
        RuleCase(
            "a body behind percent sign and escape", TestRequest(body: #"{"a":"%5cu0073k_abcdef\n"}"#),
            refused(atHead: false)),
        RuleCase("a body that is no JSON", TestRequest(body: "key=\(secret)"), refused(atHead: false)),
    ]

    @Test("A secret key is refused wherever it stands, and said to be exposed", arguments: authorizations + places)
    func refuses(_ row: RuleCase) throws {
        let (ruling, judgement) = try row.request.judged()
        #expect(ruling == row.ruling)
        #expect(judgement.fingerprint?.kind == .secret)
    }

    @Test("The fingerprint is the secret key's own")
    func fingerprint() throws {
        let expected = try TestRequest(authorization: ["Bearer \(Self.secret)"]).judged().judgement.fingerprint
        #expect(expected?.last4 == "cdef")
        for request in [TestRequest(target: "/v1/track?k=\(Self.secret)"), TestRequest(body: "\"\(Self.secret)\"")] {
            #expect(try request.judged().judgement.fingerprint == expected)
        }
    }

    static let harmless = [
        RuleCase("a locale", TestRequest(fields: ["Accept-Language: sk-SK, sk;q=0.9", "Cookie: lang=sk_SK"])),
        RuleCase("words that end like the prefix", TestRequest(target: "/v1/track?task_identifier=1&risk_levels=2")),
        RuleCase(
            "members that end like it",
            TestRequest(
                body: #"{"event":"task_completed","email":"a@example.com","data":{"disk_usage_total":1,"l":"sk_SK"}}"#)),
        RuleCase(
            "an escape before such a word", TestRequest(body: #"{"event":"a\ttask_completed","email":"a@example.com"}"#)
        ),
        RuleCase("a broken escape in the query", TestRequest(target: "/v1/track?a=%&b=%zz")),
    ]

    @Test("What only looks like a secret key passes", arguments: harmless)
    func passes(_ row: RuleCase) throws { #expect(try row.request.judged().ruling == row.ruling) }
}
