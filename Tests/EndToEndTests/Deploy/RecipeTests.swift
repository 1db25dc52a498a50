import EdgeTestSupport
import Foundation
import Testing

/// The recipes for servers in front of the edge, each started as Debian packages the server, over TCP and over a Unix
/// domain socket.
@Suite(.serialized) struct RecipeTests {
    private static let recipes: [FrontRecipe] = [.nginx, .caddy, .haproxy]
    /// What clients write about themselves, and nobody may believe.
    private static let forged = [
        "X-Forwarded-For: 203.0.113.66", "X-Request-ID: forged-id", "X-Forwarded-Host: forged.test",
        "X-Forwarded-Proto: gopher", "X-Real-IP: 203.0.113.66", "Forwarded: for=203.0.113.66",
    ]

    @Test(
        "A recipe sends events to the edge, with the client's address and one request id everywhere, and nothing else",
        arguments: recipes, FrontServer.Way.allCases)
    func recipe(_ recipe: FrontRecipe, _ way: FrontServer.Way) throws {
        let stage = try FrontStage(recipe, over: way)
        try expectEvent(stage)
        try expectRefusals(stage)
        try expectApp(stage)
        // Before the edge ends, which it may notice.
        #expect(!stage.front.process.errors.text.contains("DOWN"), "it has found the edge ready")
        #expect(try stage.edge.terminate() == 0)
        let records = try stage.edge.process.output.waitForEnd().split(separator: "\n")
        #expect(records.count == 1 + 4, "the edge sees what is sent to its endpoint, and no more")
        for mark in Planted.marks { #expect(!stage.front.process.output.text.contains(mark), "a key in its log") }
        for request in stage.upstream.requests { #expect(request.violations() == []) }
    }

    @Test("HAProxy lets an edge speak for itself that does not say it is ready, if there is no other")
    func unready() throws {
        let stage = try FrontStage(.haproxy, over: .tcp, admin: 9091)
        _ = try stage.front.process.errors.waitForLine("edge1 to be down") { $0.contains("edge1 is DOWN") ? true : nil }
        #expect(try stage.send(fields: ["Origin: https://\(stage.authority)"]).status == 200)
        _ = try stage.front.process.output.waitForLine("record") { $0.contains("/edge1_anyway ") ? true : nil }
        #expect(stage.upstream.requests.count == 1)
    }

    /// A page of the app's own origin sends an event.
    private func expectEvent(_ stage: FrontStage) throws {
        let answer = try stage.send(fields: Self.forged + ["Origin: https://\(stage.authority)"])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.body == PlunkLedger.success)
        let requestID = try #require(answer.requestID)
        #expect(requestID != "forged-id")

        let record = try stage.edge.record(of: requestID)
        #expect(record["outcome"] == "forwarded")
        #expect(record["client"]?.string == FrontStage.client)
        #expect(record["host"]?.string == stage.authority)
        let request = try #require(stage.upstream.requests.first)
        #expect(stage.upstream.requests.count == 1)
        #expect(request["x-request-id"] == requestID)
        #expect(request["x-forwarded-for"] == FrontStage.client)
        let line = try stage.front.process.output.waitForLine("the front's own record of \(requestID)") { line in
            line.contains(requestID) ? line : nil
        }
        #expect(line.contains(FrontStage.client) && line.contains("/v1/track") && line.contains("200"))
    }

    /// The edge's words, and not the front's, are what a client gets.
    private func expectRefusals(_ stage: FrontStage) throws {
        let own = ["Origin: https://\(stage.authority)"]
        let foreign = ["Origin: https://foreign.test"]
        let large = #"{"event":"\#(String(repeating: "x", count: 40_000))","email":"ada@example.com"}"#
        let rows: [(answer: FrontStage.Answer, status: Int, reason: String)] = [
            (try stage.send(key: Planted.secret, fields: own), 401, "secret_key"),
            (try stage.send(fields: foreign), 403, "origin_denied"),
            (try stage.send(fields: foreign + ["X-Forwarded-Host: foreign.test"]), 403, "origin_denied"),
            (try stage.send(fields: own, body: large), 413, "body_too_large"),
        ]
        for row in rows {
            #expect(row.answer.status == row.status, "\(row.reason): \(row.answer.text)")
            #expect(row.answer.body.hasPrefix(#"{"success":false,"error":{"code":"#))
            let record = try stage.edge.record(of: row.answer.requestID)
            #expect(record["reason"]?.string == row.reason)
            #expect(record["client"]?.string == FrontStage.client)
        }
        #expect(stage.upstream.requests.count == 1)
    }

    @Test("Through HAProxy a client that leaves with its refusal leaves nothing of its body to the next one")
    func earlyRefusals() throws {
        let stage = try FrontStage(.haproxy, over: .unix)
        // Without the recipe's two lines about that, one in twenty is a 400 of somebody else's making.
        for _ in 0..<60 { #expect(try stage.send(fields: ["Origin: https://foreign.test"]).status == 403) }
    }

    /// The app gets its own paths, the edge sees none of them.
    private func expectApp(_ stage: FrontStage) throws {
        let paths = ["/", "/v1/contacts", "/v1/track/more", "/v1/tracks"].map { $0[...] }
        for path in paths {
            let answer = try stage.send(path: String(path))
            #expect(answer.status == 200)
            #expect(answer.body == FrontStage.appAnswer)
        }
        #expect(stage.app.requests.map { $0.requestLine.split(separator: " ")[1] } == paths)
    }
}
