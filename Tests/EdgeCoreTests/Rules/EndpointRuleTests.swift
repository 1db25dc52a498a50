import Testing

@testable import EdgeCore

@Suite struct EndpointRuleTests {
    static let wrong = Ruling.refused(
        401, .invalidAPIKey, .wrongEndpoint,
        "Invalid secret API key. This endpoint requires a secret key (sk_*), not a public key.",
        """
        Only POST to the edge's endpoint is forwarded, which is "/v1/track" unless "endpoint" in its configuration says \
        otherwise.
        """)

    @Test("The query does not count", arguments: ["/v1/track", "/v1/track?", "/v1/track?a=/v1/send"])
    func right(_ target: String) throws { #expect(try TestRequest(target: target).judged().ruling == .passes) }

    @Test(
        "Paths are compared byte for byte",
        arguments: [
            "/", "/v1", "/v1/", "/v1/send", "/v1/track/", "//v1/track", "/v1//track", "/V1/TRACK", "/v1/Track",
            "/v1/trac",
            "/v1/tracks", "/v1/track;a=b", "/v1/track%20", "/v1/track%00", "/v1%2ftrack", "/v1/%74rack", "/v1/tr%61ck",
            "/v1/track%252e", "/v1/track%2e", "/v1%5ctrack", "/v1\\track", "/v1/./track", "/v1/send/../track",
            "/../v1/track",
            "/v1/track#a", "/v1/track/..", "v1/track", "*", "http://edge.example/v1/track",
            "http://user@edge.example/v1/track",
            "?/v1/track", "/v1/track\\?",
        ])
    func wrong(_ target: String) throws { #expect(try TestRequest(target: target).judged().ruling == Self.wrong) }

    @Test("The method is POST", arguments: ["GET", "PUT", "post", "Post", "HEAD", "OPTIONS", "TRACE", "POSTX", "PRI"])
    func method(_ method: String) throws {
        #expect(try TestRequest(method: method).judged().ruling == Self.wrong)
        let override = ["X-HTTP-Method-Override: POST", "X-Original-URL: /v1/track", "X-Rewrite-URL: /v1/track"]
        #expect(try TestRequest(method: method, target: "/a", fields: override).judged().ruling == Self.wrong)
    }

    @Test("The endpoint may have another name, and then only that")
    func renamed() throws {
        let policy = Policy.with { $0.endpoint = Array("/api/hello".utf8) }
        #expect(try TestRequest(target: "/api/hello").judged(by: policy).ruling == .passes)
        #expect(try TestRequest(target: "/v1/track").judged(by: policy).ruling == Self.wrong)
    }
}
