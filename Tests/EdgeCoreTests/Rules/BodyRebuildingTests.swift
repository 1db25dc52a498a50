import Testing

@testable import EdgeCore

@Suite struct BodyRebuildingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var body: String
        var rebuilt: String
        var subscribed = BodyPolicy.Subscribed.pass
    }

    static let cases = [
        Case(
            testDescription: "members stay in their order", body: #"{"email":"a@example.com","event":"a"}"#,
            rebuilt: #"{"email":"a@example.com","event":"a"}"#),
        Case(
            testDescription: "space around members goes",
            body: " {\r\n\t\"event\" : \"a\" ,\n\"email\": \"a@example.com\" }\n",
            rebuilt: #"{"event":"a","email":"a@example.com"}"#),
        Case(
            testDescription: "unknown members go",
            body: #"{"apiKey":"x","event":"a","__proto__":{"event":"b"},"email":"a@example.com","name":[1,{"a":2}]}"#,
            rebuilt: #"{"event":"a","email":"a@example.com"}"#),
        Case(
            testDescription: "names in another letter case are unknown",
            body: #"{"Event":"b","event":"a","email":"a@example.com"}"#,
            rebuilt: #"{"event":"a","email":"a@example.com"}"#),
        Case(
            testDescription: "names are written plainly", body: #"{"\u0065vent":"a","em\u0061il":"a@example.com"}"#,
            rebuilt: #"{"event":"a","email":"a@example.com"}"#),
        Case(
            testDescription: "values stay as they were sent, byte for byte",
            body:
                #"{"event":"\u0061\/","email":"a@example.com","data":{ "n" : 1.0e+2, "é":"\ud83d\ude00" , "a":[ 1 ,2 ] }}"#,
            rebuilt:
                #"{"event":"\u0061\/","email":"a@example.com","data":{ "n" : 1.0e+2, "é":"\ud83d\ude00" , "a":[ 1 ,2 ] }}"#
        ),
        Case(
            testDescription: "a subscription passes", body: #"{"subscribed":true,"event":"a","email":"a@example.com"}"#,
            rebuilt: #"{"subscribed":true,"event":"a","email":"a@example.com"}"#),
        Case(
            testDescription: "or is taken out, first",
            body: #"{"subscribed":true,"event":"a","email":"a@example.com"}"#,
            rebuilt: #"{"event":"a","email":"a@example.com"}"#, subscribed: .strip),
        Case(
            testDescription: "or last, however it is written",
            body: #"{"event":"a","email":"a@example.com","\u0073ubscribed":false}"#,
            rebuilt: #"{"event":"a","email":"a@example.com"}"#, subscribed: .strip),
        Case(
            testDescription: "one inside the data stays",
            body: #"{"event":"a","email":"a@example.com","data":{"subscribed":true}}"#,
            rebuilt: #"{"event":"a","email":"a@example.com","data":{"subscribed":true}}"#, subscribed: .strip),
    ]

    @Test("The body is written anew from the members that passed", arguments: cases)
    func rebuilt(_ row: Case) throws {
        let policy = Policy.with { $0.body.subscribed = row.subscribed }
        let (ruling, judgement) = try TestRequest(body: row.body).judged(by: policy)
        #expect(ruling == .passes)
        #expect(String(decoding: judgement.rebuiltBody, as: UTF8.self) == row.rebuilt)
        // What was written is judged like what came, and written again it is the same.
        let again = try TestRequest(body: row.rebuilt).judged(by: policy)
        #expect(again.ruling == .passes)
        #expect(again.judgement.rebuiltBody == Array(row.rebuilt.utf8))
    }

    @Test("What has gone upstream is overwritten and let go")
    func erased() throws {
        var judgement = try TestRequest(body: #"{"event":"a","email":"a@example.com"}"#).judged().judgement
        let shared = judgement.rebuiltBody
        judgement.eraseBody()
        #expect(judgement.rebuiltBody.isEmpty)
        #expect(!shared.isEmpty && shared.allSatisfy { $0 == 0 })
    }

    @Test("A body that was not judged is not written")
    func unjudged() throws {
        #expect(try TestRequest(method: "GET").judged().judgement.rebuiltBody.isEmpty)
        #expect(try TestRequest(body: "{").judged().judgement.rebuiltBody.isEmpty)
    }
}
