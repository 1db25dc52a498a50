import EdgeTestSupport
import Testing

/// curl over HTTP/2, beyond one event.
@Suite struct CurlTests {
    private func curl(_ stage: SecureStage, _ options: [String]) throws -> String {
        let authority = "\(stage.certificates.path)/authority.pem"
        let client = try Tool.curl.start(
            ["--silent", "--show-error", "--http2", "--cacert", authority] + SecureStage.fields + options)
        #expect(try client.waitForExit(atMost: .seconds(30)) == 0, "\(client.errors.text)")
        return try client.output.waitForEnd()
    }

    @Test("Many events at once share one connection")
    func parallel() throws {
        let stage = try SecureStage()
        let results = (0..<40).flatMap { _ in ["--output", "/dev/null", stage.url] }
        let format = #"%{http_version} %{http_code} %{num_connects}\n"#
        let printed = try curl(
            stage,
            [
                "--parallel", "--parallel-max", "40", "--write-out", format, "--data",
                #"{"event":"signup","email":"ada@example.com"}"#,
            ] + results
        ).split(separator: "\n")
        #expect(printed.count == 40)
        #expect(printed.allSatisfy { $0.hasPrefix("2 200 ") })
        #expect(printed.count { $0.hasSuffix(" 1") } == 1, "connections were opened more than once")
        #expect(stage.upstream.ledger.events.count == 40)
        try stage.scene.expectInvariants()
    }

    @Test("A body of the largest size passes, and one byte more is refused")
    func sizes() throws {
        let stage = try SecureStage()
        let shell = #"{"event":"signup","email":"ada@example.com","data":{"text":""}}"#
        for excess in [0, 1] {
            let text = String(repeating: "x", count: 32 * 1024 - shell.utf8.count + excess)
            let body = shell.replacing(#""text":"""#, with: #""text":"\#(text)""#)
            let file = try stage.certificates.write("large.json", Array(body.utf8))
            let answer = try curl(stage, ["--include", "--data-binary", "@\(file)", stage.url])
            let record = try stage.edge.record(of: answer.firstMatch(of: /x-request-id: (\S+)/).map { String($0.1) })
            if excess == 0 {
                #expect(answer.hasPrefix("HTTP/2 200"))
                #expect(stage.upstream.requests.map(\.text) == [body])
            } else {
                #expect(answer.hasPrefix("HTTP/2 413"))
                #expect(answer.contains(#""code":"INVALID_REQUEST_BODY""#))
                #expect(record["reason"] == "body_too_large")
            }
        }
        #expect(stage.upstream.requests.count == 1)
        try stage.scene.expectInvariants()
    }

    @Test("Fields far over the limit end their connection, and the log says why")
    func largeFields() throws {
        let stage = try SecureStage()
        let field = "X-Large: \(String(repeating: "~", count: 40_000))"
        let client = try Tool.curl.start(
            ["--silent", "--http2", "--insecure", "--header", field, "--data", "{}"] + SecureStage.fields + [stage.url])
        #expect(try client.waitForExit() != 0)
        let record = try stage.edge.process.output.waitForLine("record") { line in
            line.contains("header_too_large") ? try? JSONValue(parsing: Array(line.utf8)) : nil
        }
        #expect(record["protocol"] == "HTTP/2")
        #expect(record["outcome"] == "rejected")
        #expect(stage.upstream.requests.isEmpty)
        try stage.expectService()
        try stage.scene.expectInvariants()
    }
}
