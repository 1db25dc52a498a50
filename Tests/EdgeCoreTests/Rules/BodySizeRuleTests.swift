import Testing

@testable import EdgeCore

@Suite struct BodySizeRuleTests {
    @Test("The announced body may be as large as the limit")
    func size() throws {
        let tooLarge = Ruling.refused(
            413, .invalidRequestBody, .bodyTooLarge, "The request body is larger than 42 bytes.",
            "Send less data with the event, or raise \"body.maxSize\" in the edge's configuration.")
        let policy = Policy.with { $0.body.maximumSize = 42 }
        #expect(TestRequest().body.utf8.count == 42)
        #expect(try TestRequest().judged(by: policy).ruling == .passes)
        #expect(try TestRequest(contentLength: 43).judged(by: policy).ruling == tooLarge)
        #expect(try TestRequest(contentLength: 999_999_999_999_999).judged(by: policy).ruling == tooLarge)
    }

    @Test("The connection closes behind a body that nobody reads")
    func closes() { #expect(BodySizeRule.refusal(maximum: 1).closesConnection) }
}
