import EdgeTestSupport
import Foundation
import Testing

/// Clients that take their time, against an edge with little patience. Each deadline is a total: bytes that drip in do
/// not move it. A busy machine can keep a test waiting for half a second, which must not be too long.
@Suite(
    .serialized,
    .edge([
        "limits": [
            "timeouts": [
                "header": .string("\(1200 * SanitizerCost.time)ms"), "body": .string("\(1200 * SanitizerCost.time)ms"),
                "idle": .string("\(1200 * SanitizerCost.time)ms"), "write": "1s",
            ],
            "connectionsPerClient": 4, "connections": 6,
        ],
        "trustedProxies": [],
    ]))
struct DeadlineTests {
    private static let headerTimeout = Refusal(status: 408, code: "BAD_REQUEST", reason: "header_timeout")
    private static let bodyTimeout = Refusal(status: 408, code: "BAD_REQUEST", reason: "body_timeout")

    @Test("A head that drips in is a 408 when the total is over")
    func slowHead() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        let start = ContinuousClock.now
        let isAnswered = try drip(
            "POST /v1/track HTTP/1.1\r\nX-A: \(String(repeating: "a", count: 2000))", into: client)
        #expect(isAnswered, "though it goes on")
        let response = try client.response()
        try scene.expect(Self.headerTimeout, response)
        let timestamp = try #require(try response.json()["timestamp"]?.string)
        let date = try Date(timestamp, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
        #expect(date <= Date.now, "the answer is not from the future")
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["duration_ms"]?.number ?? 0 >= 1000, "the request began with its first byte")
        #expect(try client.readToEnd() == [])
        #expect(start.duration(to: .now) > .milliseconds(1000))
    }

    @Test("An unwanted body that drips in is read for two seconds, and no longer")
    func drippingUnwantedBody() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        let refused = ClientRequest.track().without("Authorization").unframed().adding("Content-Length: 60000")
        try client.send(refused.body("").bytes)
        let start = ContinuousClock.now
        try scene.expect(.missingAuth, try client.response())
        while start.duration(to: .now) < .seconds(20), (try? client.send([32])) != nil {
            guard try client.staysOpen(for: .milliseconds(50)) else { break }
        }
        // A busy machine may be late.
        let span = .seconds(1)..<(.seconds(6) as Duration) * SanitizerCost.time
        #expect(span.contains(start.duration(to: .now)))
    }

    @Test("A body that drips in is a 408 when the total is over")
    func slowBody() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        try client.send(ClientRequest.track().adding("Content-Length: 2000").unframed().body("").bytes)
        #expect(try drip(String(repeating: " ", count: 1999), into: client), "though it goes on")
        try scene.expect(Self.bodyTimeout, try client.response())
        #expect(try client.readToEnd() == [])
    }

    @Test("A connection on which nothing is said ends in silence")
    func idle() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        #expect(try client.readToEnd() == [])
        let used = try scene.connect()
        try used.send(ClientRequest.track().bytes)
        #expect(try used.response().status == 200)
        #expect(try used.readToEnd() == [])
    }

    @Test("One client may hold only so many connections")
    func connectionsPerClient() throws {
        let scene = try Scene.of()
        let clients = try (0..<5).map { _ in try scene.connect() }
        var answered = 0
        // All of them before they have been idle for too long.
        for client in clients { try? client.send(ClientRequest.track().bytes) }
        for client in clients {
            if let response = try? client.response(), response.status == 200 { answered += 1 }
        }
        #expect(answered == 4)
        // Those that were closed make room again.
        for client in clients { _ = try client.readToEnd() }
        #expect(try scene.exchange(.track()).status == 200)
    }

    @Test("A client that takes no answers is cut off")
    func slowReader() throws {
        let client = try RawClient(port: Scene.of().edge.port, receiveBuffer: 4096)
        let requests = (0..<200).flatMap { _ in ClientRequest.track().without("Authorization").bytes }
        #expect(throws: Socket.Failure.reset) {
            for _ in 0..<5000 { try client.send(requests) }
        }
        #expect(try Scene.of().exchange(.track()).status == 200)
    }

    @Test("A client that takes its answers little by little is cut off when the total is over")
    func drippingReader() throws {
        let client = try RawClient(port: Scene.of().edge.port, receiveBuffer: 4096, patience: .milliseconds(300))
        let requests = (0..<200).flatMap { _ in ClientRequest.track().without("Authorization").bytes }
        // More than the kernel holds for it: from here on the edge waits.
        #expect(throws: Socket.Failure.timedOut) {
            for _ in 0..<5000 { try client.send(requests) }
        }
        let start = ContinuousClock.now
        var taken = 0
        while start.duration(to: .now) < .seconds(20) {
            let count = try client.read(atMost: 1024, after: .milliseconds(50))
            if count == 0 { break }
            taken += count
        }
        #expect((4096..<200_000).contains(taken), "some of what the kernel still has for it")
    }

    /// Sends a byte every few milliseconds until the edge answers.
    ///
    /// - Returns: whether it has answered before all was sent.
    private func drip(_ text: String, into client: RawClient) throws -> Bool {
        for byte in text.utf8 {
            guard try client.staysOpen(for: .milliseconds(10)) else { return true }
            try client.send([byte])
        }
        return false
    }
}
