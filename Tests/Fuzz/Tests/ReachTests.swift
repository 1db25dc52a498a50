import EdgeTestSupport
import Foundation
import Testing

@testable import FuzzTargets

/// That the targets of the front are not vacuous: what is forwarded there is forwarded.
@Suite struct ReachTests {
    private static func records(of script: FrontScript) throws -> [FrontReport.Record] {
        let stage = try FrontStage(script.options)
        stage.take(script.steps)
        return try FrontReport(lines: stage.end(), requests: stage.requests).records
    }

    private static func input(_ name: String) throws -> [UInt8] {
        let corpora = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Corpora").standardized
        return Array(try Data(contentsOf: corpora.appendingPathComponent(name)))
    }

    @Test("Plunk gets requests over HTTP/1.1, and its answers go back")
    func http1() throws {
        let records = try Self.records(of: FrontScript(Self.input("http1-front/forwarded")))
        #expect(records.filter { $0.outcome == "forwarded" }.count >= 2)
    }

    @Test("Plunk gets requests over HTTP/2, and its answers go back")
    func http2() throws {
        let records = try Self.records(of: HTTP2Script.script(Self.input("http2-front/forwarded")))
        #expect(records.first?.status == 200)
        #expect(records.filter { $0.outcome == "forwarded" }.count >= 2)
    }

    @Test(
        "Where there is little memory, requests that have not come whole make room",
        arguments: ["crowded", "crowded-head"])
    func crowded(name: String) throws {
        let records = try Self.records(of: FrontScript(Self.input("http1-front/\(name)")))
        #expect(records.first?.reason == "overloaded")
    }

    @Test("Streams make room for others of their connection, the oldest first")
    func crowdedStreams() throws {
        let records = try Self.records(of: HTTP2Script.script(Self.input("http2-front/crowded")))
        let reasons = records.map { $0.reason ?? "-" }
        #expect(reasons.prefix(2) == ["overloaded", "overloaded"], "\(reasons)")
        #expect(reasons.contains { $0 != "overloaded" }, "\(reasons)")
    }

    @Test("Turns stand between a client of HTTP/2 and its frames")
    func turns() throws {
        let script = try HTTP2Script.script(Self.input("http2-front/forwarded"))
        let stage = try FrontStage(script.options)
        stage.take(script.steps)
        #expect(stage.takesTurns)
        _ = stage.end()
    }

    @Test("An honest client of TLS gets its handshake and is heard")
    func tls() throws {
        let (stage, client) = (try #require(TLSStage()), try #require(MemoryClient(.v1_3)))
        for _ in 0..<4 {
            client.advance()
            stage.feed(client.take())
            client.feed(stage.take())
        }
        #expect(client.write([1, 2, 3]))
        stage.feed(client.take())
        #expect(stage.handshakes == 1 && stage.received == [1, 2, 3])
        #expect(stage.end())
    }
}
