import EdgeTestSupport
import Testing

/// HTTP/2 as nghttp2's own clients speak it.
@Suite(.serialized) struct LoadTests {
    @Test("nghttp sees what is allowed on a connection, and one answer in one stream")
    func frames() throws {
        let stage = try SecureStage()
        let client = try Tool.nghttp.start(
            ["--verbose", "--no-dep", "--data=\(stage.body)"] + SecureStage.fields + [stage.url])
        #expect(try client.waitForExit() == 0, "\(client.errors.text)")
        let seen = try client.output.waitForEnd().replacing(/\u{1b}\[[0-9;]*m/, with: "")
        #expect(seen.contains("The negotiated protocol: h2"))
        #expect(seen.contains("[SETTINGS_MAX_CONCURRENT_STREAMS(0x03):100]"))
        #expect(seen.contains("[SETTINGS_MAX_HEADER_LIST_SIZE(0x06):32768]"))
        #expect(seen.contains(":status: 200"))
        #expect(seen.contains(PlunkLedger.success))
        #expect(!seen.contains("recv RST_STREAM"))
        #expect(!seen.contains("recv GOAWAY"))
        let record = try stage.edge.record(of: seen.firstMatch(of: /x-request-id: (\S+)/).map { String($0.1) })
        #expect(record["protocol"] == "HTTP/2")
        #expect(record["outcome"] == "forwarded")
        try stage.scene.expectInvariants()
    }

    @Test("Ten thousand events, a hundred at a time on one connection, arrive once each")
    func streams() throws {
        let stage = try SecureStage()
        let load = try stage.startLoad(["--requests=10000", "--clients=1", "--max-concurrent-streams=100"])
        #expect(try LoadReport(of: load) == LoadReport(succeeded: 10_000))
        #expect(stage.upstream.requests.count == 10_000)
        #expect(stage.upstream.ledger.events.count == 10_000)
        try stage.scene.expectInvariants()
        let records = stage.edge.process.output.lines
        #expect(records.count == 10_000)
        #expect(records.allSatisfy { $0.contains(#""protocol":"HTTP/2""#) && $0.contains(#""outcome":"forwarded""#) })
    }

    @Test("A body that is far too large is refused at once, and its stream ends without waiting for the rest of it")
    func largeBody() throws {
        // No connection that clients could share.
        let stage = try SecureStage(changes: ["trustedProxies": []])
        let body = try stage.certificates.write("huge.json", Array(repeating: UInt8(ascii: "x"), count: 400_000))
        let client = try Tool.nghttp.start(
            ["--verbose", "--no-dep", "--data=\(body)"] + SecureStage.fields + [stage.url])
        #expect(try client.waitForExit() == 0, "\(client.errors.text)")
        let seen = try client.output.waitForEnd().replacing(/\u{1b}\[[0-9;]*m/, with: "")
        #expect(seen.contains(":status: 413"))
        let reset = try #require(
            seen.firstMatch(of: /\[ *([\d.]+)\] recv RST_STREAM frame .*\n *\(error_code=NO_ERROR/), "\(seen)")
        #expect(Double(reset.1) ?? .infinity < 1.5, "the client had to wait")
        try stage.expectService()
        try stage.scene.expectInvariants()
    }

    @Test("TERM under load: what is answered has gone upstream once, and nothing else has", arguments: ["--h1", ""])
    func drain(option: String) throws {
        let stage = try SecureStage()
        let load = try stage.startLoad(
            ["--requests=100000", "--clients=4", "--max-concurrent-streams=20"] + (option.isEmpty ? [] : [option]))
        try stage.upstream.waitForRequests(200)
        #expect(try stage.edge.terminate(atMost: .seconds(20)) == 0)
        let report = try LoadReport(of: load)
        #expect(report.succeeded >= 200 - 80)
        #expect(report.accepted == report.succeeded && report.others == 0)
        #expect(stage.upstream.ledger.events.count == report.succeeded)
        #expect(try stage.edge.process.output.waitForEnd().split(separator: "\n").count == report.succeeded)
        #expect(try !stage.edge.process.errors.waitForEnd().contains("closed before the end"))
    }
}
