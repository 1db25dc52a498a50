import EdgeTestSupport
import Glibc
import Testing

/// Reloads that follow one another: none costs a request, and none leaves anything behind.
@Suite(.serialized) struct ReloadUnderLoadTests {
    /// Changes that touch as much as may change without touching the load.
    private static func changes(_ stage: ReloadStage, other: RecordingUpstream) -> [JSONValue] {
        [
            [
                "keys": [["name": "web", "accepts": [.string(Planted.publicKey)]]],
                "upstream": ["url": "http://127.0.0.1:\(other.port)"], "body": ["maxSize": "64KiB"],
                "limits": ["connections": 500], "events": ["allow": ["sign*"]],
            ],
            [
                "listeners": [
                    ["address": "127.0.0.1:0", "h2c": true], ["address": "unix:\(stage.edge.folder.path)/edge.sock"],
                ]
            ],
            [:],
        ]
    }

    @Test("Under load, with reloads one after the other, no request fails", arguments: [["--h1"], []])
    func load(options: [String]) throws {
        let stage = try ReloadStage(Scene.h2c)
        let other = try RecordingUpstream()
        let body = try stage.edge.folder.write(
            "body.json", Array(#"{"event":"signup","email":"ada@example.com"}"#.utf8))
        // About three seconds.
        let load = try Tool.loader.start(
            options + ["--requests=3000", "--clients=10", "--rps=100", "--max-concurrent-streams=10", "--data=\(body)"]
                + SecureStage.fields + ["http://127.0.0.1:\(stage.edge.port)/v1/track"])
        try stage.upstream.waitForRequests(10)
        let changes = Self.changes(stage, other: other)
        var count = 0
        while load.isRunning, stage.upstream.requests.count + other.requests.count < 2900 {
            try stage.reload(changes[count % changes.count])
            count += 1
        }
        #expect(try LoadReport(of: load) == LoadReport(succeeded: 3000))
        #expect(count > 5, "the load was over too early to say anything")
        #expect(!other.requests.isEmpty)
        #expect(stage.upstream.ledger.events.count + other.ledger.events.count == 3000)
        try stage.scene.expectInvariants()
        for request in other.requests { #expect(request.violations() == []) }
    }

    @Test("Three hundred reloads leave nothing behind")
    func leftovers() throws {
        let stage = try ReloadStage(Scene.h2c.merging(["admin": ["address": "127.0.0.1:0"]]))
        let admin = try AdminScene(stage.edge, stage.upstream)
        let other = try RecordingUpstream()
        let changes = Self.changes(stage, other: other)
        func round() throws {
            for change in changes {
                try stage.reload(change)
                #expect(try stage.scene.exchange(.track()).status == 200)
            }
        }
        for _ in 0..<5 { try round() }
        let (descriptors, memory) = (try admin.descriptorCount, try stage.edge.process.peakResidentBytes)
        for _ in 0..<95 { try round() }
        // A connection of before may still be on its way out, or another loop have its first one to Plunk.
        #expect(try admin.descriptorCount <= descriptors + 8)
        #expect(try stage.edge.process.peakResidentBytes < memory + 16 << 20)
        try stage.scene.expectInvariants()
    }

    @Test("HUPs that come faster than they can be followed are as good as the last of them")
    func crowd() throws {
        let stage = try ReloadStage()
        try stage.write(["endpoint": "/api/hello"])
        for _ in 0..<200 { stage.edge.process.send(SIGHUP) }
        try stage.reload(["endpoint": "/api/last"])
        // The one that is waited for may have been an earlier one; the last comes behind it.
        let end = ContinuousClock.now + .seconds(10)
        while try stage.scene.exchange(.track(line: "POST /api/last HTTP/1.1")).status != 200 {
            try #require(ContinuousClock.now < end)
        }
        #expect(try stage.edge.terminate() == 0)
    }
}
