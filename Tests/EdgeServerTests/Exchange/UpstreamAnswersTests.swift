import EdgeCore
import EdgeUpstream
import Testing

@testable import EdgeServer

@Suite struct UpstreamAnswersTests {
    /// What is made of an answer, in a form that can be compared.
    enum Judged: Equatable {
        case pass(ErrorCode?)
        case alreadyRecorded
        case refused(Int, Reason, mayHaveBeenRecorded: Bool)
    }

    private static let uncertain =
        "The event may have been recorded. Send it again only if it carried an Idempotency-Key, with the same."
    private static let certain = "Nothing was recorded. Try again in a moment."

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var status: Int
        var body = "{}"
        var isJSON = true
        var isKeyAdded = true
        var isRepeat = true
        var judged: Judged
    }

    private static func reused(_ status: String) -> String {
        #"{"success":false,"error":{"code":"IDEMPOTENCY_KEY_REUSED","details":{"originalStatusCode":\#(status)}}}"#
    }

    static let cases = [
        Case(testDescription: "success", status: 200, body: #"{"success":true}"#, judged: .pass(nil)),
        Case(testDescription: "another success", status: 202, judged: .pass(nil)),
        Case(
            testDescription: "an error of Plunk's", status: 403, body: #"{"error":{"code":"PROJECT_DISABLED"}}"#,
            isRepeat: false, judged: .pass(.projectDisabled)),
        Case(testDescription: "an error without a code", status: 500, judged: .pass(nil)),
        Case(
            testDescription: "an error of an unknown code", status: 400, body: #"{"error":{"code":"NEW"}}"#,
            judged: .pass(nil)),
        Case(
            testDescription: "success that is no JSON", status: 200, body: "<html>", isJSON: false,
            judged: .refused(502, .upstreamInvalidResponse, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "success that only says it is JSON", status: 200, body: "{",
            judged: .refused(502, .upstreamInvalidResponse, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "no content", status: 204, body: "",
            judged: .refused(502, .upstreamInvalidResponse, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "a redirect", status: 302, isRepeat: false,
            judged: .refused(502, .upstreamInvalidResponse, mayHaveBeenRecorded: false)),
        Case(
            testDescription: "not modified", status: 304, body: "", isRepeat: false,
            judged: .refused(502, .upstreamInvalidResponse, mayHaveBeenRecorded: false)),
        Case(
            testDescription: "a status beyond the classes", status: 600, isRepeat: false,
            judged: .refused(502, .upstreamInvalidResponse, mayHaveBeenRecorded: false)),
        Case(
            testDescription: "a client error that is no JSON keeps its status", status: 404, body: "<html>",
            isJSON: false, isRepeat: false,
            judged: .refused(404, .upstreamInvalidResponse, mayHaveBeenRecorded: false)),
        // An error on the server's side may come after the event was recorded.
        Case(
            testDescription: "a server error that is no JSON keeps its status", status: 503, body: "<html>",
            isJSON: false,
            judged: .refused(503, .upstreamInvalidResponse, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "the edge's repeat came second, the first was recorded", status: 409, body: reused("200"),
            judged: .alreadyRecorded),
        Case(
            testDescription: "a reused key although the edge repeated nothing", status: 409, body: reused("200"),
            isRepeat: false, judged: .refused(502, .maybeRecorded, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "the edge's repeat came second, the first is under way", status: 409, body: reused("null"),
            judged: .refused(502, .maybeRecorded, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "the edge's repeat came second, the first failed", status: 409, body: reused("500"),
            judged: .refused(502, .maybeRecorded, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "the client's own repeat", status: 409, body: reused("200"), isKeyAdded: false,
            judged: .pass(.idempotencyKeyReused)),
        Case(testDescription: "another conflict", status: 409, isRepeat: false, judged: .pass(nil)),
        // The first may have been recorded, and such answers come before Plunk looks for it.
        Case(
            testDescription: "a refusal of the repeat says nothing of the first", status: 429,
            body: #"{"error":{"code":"RATE_LIMIT_EXCEEDED"}}"#,
            judged: .refused(502, .maybeRecorded, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "nor does one of a client's own repeatable request", status: 429,
            body: #"{"error":{"code":"RATE_LIMIT_EXCEEDED"}}"#, isKeyAdded: false,
            judged: .refused(502, .maybeRecorded, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "nor one that is no JSON", status: 404, body: "<html>", isJSON: false,
            judged: .refused(404, .upstreamInvalidResponse, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "nor a redirect", status: 302,
            judged: .refused(502, .upstreamInvalidResponse, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "nor another conflict", status: 409,
            judged: .refused(502, .maybeRecorded, mayHaveBeenRecorded: true)),
        Case(
            testDescription: "what is wrong with the event was so the first time", status: 422,
            body: #"{"error":{"code":"VALIDATION_ERROR"}}"#, judged: .pass(.validationError)),
        Case(
            testDescription: "a server error of Plunk's says it by its status", status: 500,
            body: #"{"error":{"code":"INTERNAL_SERVER_ERROR"}}"#, judged: .pass(.internalServerError)),
    ]

    @Test("Plunk's JSON goes back, anything else becomes an error", arguments: cases)
    func judges(_ row: Case) {
        let answer = UpstreamAnswer(status: row.status, body: Array(row.body.utf8), isJSON: row.isJSON)
        switch UpstreamAnswers.judge(answer, isIdempotencyKeyAdded: row.isKeyAdded, isRepeat: row.isRepeat) {
        case .pass(let code): #expect(row.judged == .pass(code))
        case .alreadyRecorded: #expect(row.judged == .alreadyRecorded)
        case .refuse(let refusal):
            let mayHaveBeen = refusal.suggestion?.description == Self.uncertain
            #expect(row.judged == .refused(refusal.status, refusal.reason, mayHaveBeenRecorded: mayHaveBeen))
            #expect(refusal.code == .externalServiceError)
            #expect(mayHaveBeen || refusal.suggestion?.description == Self.certain)
        }
    }

    struct Failure: CustomTestStringConvertible, Sendable {
        var failure: UpstreamFailure
        var status: Int
        var reason: Reason
        var message: String
        /// Nil where it depends on what was sent.
        var suggestion: String?
        var retryAfter: Int?
        var testDescription: String { "\(failure)" }
    }

    static let failures = [
        Failure(
            failure: .overloaded, status: 503, reason: .overloaded,
            message: #"Too many requests are under way ("upstream.inFlight" of the edge's configuration)."#,
            suggestion: "Nothing was recorded. Try again in 1 s.", retryAfter: 1),
        Failure(
            failure: .cancelled, status: 503, reason: .overloaded, message: "The edge is shutting down.",
            suggestion: "Nothing was recorded. Try again in 1 s.", retryAfter: 1),
        Failure(
            failure: .down(retryAfterSeconds: 4), status: 503, reason: .upstreamDown,
            message: "Plunk cannot be reached.",
            suggestion: "Nothing was recorded. Try again in 4 s.", retryAfter: 4),
        Failure(
            failure: .connect, status: 502, reason: .upstreamConnect, message: "Plunk cannot be reached.",
            suggestion: certain),
        Failure(
            failure: .tls, status: 502, reason: .upstreamTLS, message: "Plunk cannot be reached securely.",
            suggestion: certain),
        Failure(
            failure: .closed, status: 502, reason: .upstreamClosed,
            message: "Plunk closed the connection without an answer."),
        Failure(
            failure: .invalidResponse, status: 502, reason: .upstreamInvalidResponse,
            message: "Plunk's answer could not be used."),
        Failure(
            failure: .timeout(.total), status: 504, reason: .upstreamTimeout, message: "Plunk did not answer in time."),
        Failure(
            failure: .timeout(.queue), status: 504, reason: .upstreamTimeout, message: "Plunk did not answer in time."),
    ]

    @Test("Each failure has its answer, which says whether the event may be there", arguments: failures)
    func tells(_ row: Failure) {
        for mayHaveBeenRecorded in [false, true] {
            let refusal = UpstreamAnswers.refusal(for: row.failure, mayHaveBeenRecorded: mayHaveBeenRecorded)
            #expect(refusal.status == row.status)
            #expect(refusal.code == .externalServiceError)
            #expect(refusal.reason == row.reason)
            #expect(refusal.message.description == row.message)
            #expect(
                refusal.suggestion?.description == row.suggestion
                    ?? (mayHaveBeenRecorded ? Self.uncertain : Self.certain))
            #expect(refusal.retryAfter == row.retryAfter)
        }
    }

    @Test("A request that the edge cannot write is its own mistake")
    func invalidRequest() {
        let refusal = UpstreamAnswers.refusal(for: .invalidRequest, mayHaveBeenRecorded: false)
        #expect(refusal.status == 500)
        #expect(refusal.code == .internalServerError)
        #expect(refusal.reason == .internalError)
    }

    @Test("While Plunk's own limit lasts, the answer is Plunk's")
    func paused() {
        let refusal = UpstreamAnswers.paused(seconds: 7)
        #expect(refusal.status == 429)
        #expect(refusal.code == .rateLimitExceeded)
        #expect(refusal.reason == .upstreamRateLimited)
        #expect(refusal.retryAfter == 7)
        #expect(refusal.outcome == .limited)
    }
}
