import EdgeTestSupport
import Foundation
import Testing

/// What a connection can be used for, and how it ends.
@Suite(.serialized, .edge()) struct ConnectionTests {
    @Test("A client whose requests never end where a read does takes no more memory than others")
    func endlessPipelining() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let client = try RawClient(port: edge.port)
        let request = Array(
            "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(String(repeating: "c", count: 15_000))\r\n\r\n".utf8)
        let count = 3000
        // The tail of one request goes out with the beginning of the next.
        try client.send(Array(request.prefix(40)))
        for number in 1...count {
            try client.send(Array(request.dropFirst(40)) + (number < count ? Array(request.prefix(40)) : []))
            #expect(try client.response().status == 401)
        }
        let peak = try edge.process.peakResidentBytes
        #expect(peak < 40_000_000, "\(peak) bytes after \(request.count * count)")
    }

    @Test("What the kernel keeps for a client is bounded, whether it is not read or does not read")
    func kernelBuffers() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port)
        let gate = Gate()
        upstream.perform { _ in [.wait(gate), .answer(body: "{}")] }
        defer { gate.open() }
        let unread = try RawClient(port: edge.port, patience: .seconds(1))
        try unread.send(ClientRequest.track().bytes)
        try upstream.waitForRequests(1)
        #expect(throws: Socket.Failure.timedOut) { try unread.send([UInt8](repeating: 65, count: 64 << 20)) }
        let unreading = try RawClient(port: edge.port, receiveBuffer: 4096, patience: .seconds(1))
        let requests = (0..<100).flatMap { _ in ClientRequest.track().without("Authorization").bytes }
        #expect(throws: Socket.Failure.timedOut) { while true { try unreading.send(requests) } }
        let (mostUnsent, mostUnread) = try Self.queues(ofPort: edge.port)
        // Left to itself the kernel keeps half as much of a client that was never read, but of one that was read fast it
        // would keep 33 MB: that it keeps this much shows who has the say.
        #expect((200_000...262_144).contains(mostUnread))
        #expect((1...400_000).contains(mostUnsent))
    }

    /// The largest queues of the sockets on a port of 127.0.0.1 (proc_net_tcp).
    private static func queues(ofPort port: UInt16) throws -> (unsent: Int, unread: Int) {
        let ending = String(format: ":%04X", port)
        // Not by a function that takes a short read for the end: this file comes a page at a time.
        let table = try FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp")).readToEnd() ?? Data()
        let sockets = String(decoding: table, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ") }.filter { $0.count > 4 && $0[1].hasSuffix(ending) }
        let queues = sockets.map { $0[4].split(separator: ":").map { Int($0, radix: 16) ?? 0 } }
        return (queues.map { $0[0] }.max() ?? 0, queues.map { $0[1] }.max() ?? 0)
    }

    @Test("A hundred pipelined requests are answered in order, whatever their answers are")
    func pipelining() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let requests = (0..<100).map { number in
            number % 3 == 2 ? ClientRequest.track().without("Authorization") : .track("event-\(number)")
        }
        let client = try scene.connect()
        try client.send(requests.flatMap(\.bytes))
        for number in 0..<100 { #expect(try client.response().status == (number % 3 == 2 ? 401 : 200)) }
        let events = scene.upstream.requests.dropFirst(before).compactMap { try? JSONValue(parsing: $0.body)["event"] }
        #expect(events == (0..<100).filter { $0 % 3 != 2 }.map { "event-\($0)" })
    }

    @Test("No client gets from HTTP/1.1 to HTTP/2, whatever it sends behind its wish")
    func upgrade() async throws {
        try await Scene.run(Scene.h2c) {
            let scene = try Scene.of()
            let client = try scene.connect()
            let wish = ClientRequest.track().adding(
                "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
            let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
            try client.send(wish.bytes + Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings)
            #expect(try client.response().status == 200)
            try scene.expect(.badRequest, try client.response())
            #expect(try client.readToEnd() == [])
            #expect(scene.upstream.requests.count == 1)
        }
    }

    @Test("A request that comes byte by byte is the same request")
    func byteByByte() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connect()
        for byte in ClientRequest.track().bytes { try client.send([byte]) }
        try scene.expectForwarded(try client.response(), since: before)
    }

    @Test("What has been answered reaches the client, whatever breaks behind it in the same bytes")
    func brokenUnwantedBody() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connect()
        let refused = "POST /v1/track HTTP/1.1\r\nHost: edge.test\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"
        try client.send(ClientRequest.track().bytes + Array(refused.utf8))
        #expect(try client.response().status == 200)
        #expect(try client.response().status == 401)
        _ = try client.readToEnd()
        #expect(scene.upstream.requests.count == before + 1)
    }

    @Test("A client that ends its side is taken to have gone, and its event still has one fate")
    func halfClose() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connect()
        try client.send(ClientRequest.track("half-closed").bytes)
        try scene.upstream.waitForRequests(before + 1)
        client.halfClose()
        _ = try client.readToEnd()
        #expect(scene.upstream.requests.count == before + 1)
        #expect(try scene.exchange(.track()).status == 200)
    }

    @Test("Of a client that says much at once and leaves, no more is judged than one turn holds")
    func muchAndGone() throws {
        let scene = try Scene.of()
        let request = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: all-at-once\r\n\r\n"
        let requests = Array(String(repeating: request, count: 1000).utf8)
        // All of it is there, and the end behind it, when the edge looks.
        scene.edge.process.pause()
        let client = try scene.connect()
        try client.send(requests)
        client.halfClose()
        scene.edge.process.send(SIGCONT)
        _ = try? client.readToEnd()
        _ = try scene.edge.process.output.waitForLine("one of them") { $0.contains("all-at-once") ? true : nil }
        let next = try scene.exchange(.track())
        _ = try scene.edge.record(of: next["x-request-id"])
        let judged = scene.edge.process.output.text.split(separator: "\n").count { $0.contains("all-at-once") }
        #expect(1...(3 * 8192 / request.utf8.count) ~= judged, "\(judged) of 1000")
    }

    @Test("Who leaves right behind an event has sent it, however much came before", arguments: 6...10)
    func lastEvent(count: Int) throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        // A thousand bytes each.
        let event = ClientRequest.track().adding("X-Padding: ")
        let padded = ClientRequest.track().adding(
            "X-Padding: " + String(repeating: "a", count: 1000 - event.bytes.count))
        #expect(padded.bytes.count == 1000)
        for _ in 0..<count {
            try client.send(padded.bytes)
            #expect(try client.response().status == 200)
        }
        scene.edge.process.pause()
        try client.send(ClientRequest.track().adding("X-Request-ID: last-event-\(count)").bytes)
        client.halfClose()
        scene.edge.process.send(SIGCONT)
        _ = try? client.readToEnd()
        #expect(try scene.edge.record(of: "last-event-\(count)")["key"]?["type"] == "public")
    }

    @Test("A head may be as large as the configuration says, and no larger", arguments: [(200, 401), (300, 431)])
    func largeHead(kilobytes: Int, status: Int) throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, ["limits": ["headerSize": "256KiB"]])
        let client = try RawClient(port: edge.port)
        let cookie = String(repeating: "c", count: kilobytes * 1024)
        try? client.send(Array("GET / HTTP/1.1\r\nHost: a\r\nCookie: \(cookie)\r\n\r\n".utf8))
        #expect(try client.response().status == status)
    }

    @Test(
        "Connection: close is honoured, in any letter case and in a list",
        arguments: ["close", "Close", "keep-alive, close"])
    func closeOption(value: String) throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        try client.send(ClientRequest.track().adding("Connection: \(value)").bytes + ClientRequest.smuggled.bytes)
        let response = try client.response()
        #expect(response.status == 200)
        #expect(response.closesConnection)
        #expect(try client.readToEnd() == [])
    }

    @Test("One client's misbehaviour disturbs no other connection")
    func isolation() throws {
        let scene = try Scene.of()
        let good = try scene.connect()
        let before = scene.upstream.requests.count
        for _ in 0..<5 {
            let bad = try scene.connect()
            try bad.send("\u{0}\u{0}")
            let half = try scene.connect()
            try half.send("POST /v1/tr")
            try good.send(ClientRequest.track().bytes)
            #expect(try good.response().status == 200)
        }
        #expect(scene.upstream.requests.count == before + 5)
    }
}
