import EdgeTestSupport
import Foundation
import Testing

/// The limit of open files.
@Suite struct DescriptorTests {
    @Test("More clients than the limit leaves places for do not end the process or its other connections")
    func crowd() throws {
        let upstream = try RecordingUpstream()
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "127.0.0.1:0", upstream: upstream.port).encoded())
        let process = try ChildProcess(
            "/bin/sh", ["-c", "ulimit -n 64; exec \"$0\" serve --config \"$1\"", EdgeProcess.binary, file])
        let port = try process.errors.waitForLine("start-up line") { line in
            line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
        }
        let first = try RawClient(port: port)
        try first.send(ClientRequest.track().bytes)
        #expect(try first.response().status == 200)
        do {
            let crowd = try (0..<100).map { _ in try RawClient(port: port) }
            try first.send(ClientRequest.track().bytes)
            #expect(try first.response().status == 200)
            _ = crowd.count
        }
        // Whoever is over the cap is told so; once the crowd has been seen to leave there is room again.
        let end = ContinuousClock.now + .seconds(5)
        var status = 503
        while status == 503, .now < end {
            let later = try RawClient(port: port)
            try later.send(ClientRequest.track().bytes)
            status = try later.response().status
        }
        #expect(status == 200)
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }

    @Test("Without a descriptor for one more connection the edge waits for one, and whoever connects is served then")
    func exhausted() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let process = edge.process
        try process.limitDescriptors(to: process.nextDescriptor)
        let client = try RawClient(port: edge.port)
        try client.send(ClientRequest.track().bytes)
        let before = try process.processorTime
        #expect(try client.staysOpen(for: .seconds(2)))
        #expect(try process.processorTime - before < .milliseconds(500), "it does not ask all the time")
        _ = try process.errors.waitForLine("warning") {
            $0.contains("no connection can be accepted: Too many open files")
        }
        try process.limitDescriptors(to: 1024)
        #expect(try client.response().status == 200)
        #expect(upstream.requests.count == 1)
        // Once a descriptor is there nobody waits for it.
        #expect(try Scene(edge: edge, upstream: upstream).exchange(.track()).status == 200)
        let said = process.errors.lines.filter { $0.contains("no connection can be accepted") }
        #expect(said.count == 1)
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }
}
