import EdgeTestSupport
import Testing

/// Clients that send much of what nobody needs. Each loses its connection, is in the log once, and costs nobody else
/// anything.
@Suite(.serialized, .edge(Scene.h2c.merging(["trustedProxies": []]))) struct HTTP2FloodTests {
    struct Flood: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let frames: @Sendable () -> [RawFrame]
        let code: HTTP2Code

        init(_ description: String, _ code: HTTP2Code, _ frames: @autoclosure @escaping @Sendable () -> [RawFrame]) {
            (testDescription, self.code, self.frames) = (description, code, frames)
        }
    }

    private static let track = ClientRequest.track()
    private static let open = RawFrame.headers(1, track.unframed().headerBlock, endStream: false)
    /// Answered at its head, without anybody upstream.
    private static let refused = track.without("Authorization")

    private static func streams(_ count: Int, _ frames: (UInt32) -> [RawFrame]) -> [RawFrame] {
        (0..<count).flatMap { frames(UInt32(2 * $0 + 1)) }
    }

    static let floods: [Flood] = [
        Flood("SETTINGS", .enhanceYourCalm, Array(repeating: .settings(), count: 3000)),
        Flood("SETTINGS that change the window", .enhanceYourCalm, (0..<3000).map { .settings([(4, $0)]) }),
        Flood("many SETTINGS in a frame", .enhanceYourCalm, [.settings((100..<200).map { ($0, 1) })]),
        Flood(
            "SETTINGS between requests", .enhanceYourCalm,
            streams(80) {
                [.settings((100..<160).map { ($0, 1) }), .headers($0, refused.headerBlock, endStream: true)]
            }),
        Flood("PING", .enhanceYourCalm, Array(repeating: .ping, count: 3000)),
        Flood("PRIORITY", .enhanceYourCalm, (0..<3000).map { .priority(2 * $0 + 1) }),
        Flood(
            "empty DATA", .enhanceYourCalm, [open] + Array(repeating: .data(1, [], endStream: false), count: 200)),
        Flood(
            "DATA of nothing but padding", .enhanceYourCalm,
            [open] + Array(repeating: .data(1, [], endStream: false, padding: 50), count: 200)),
        Flood(
            "DATA of a byte each", .enhanceYourCalm,
            [open] + Array(repeating: .data(1, [32], endStream: false), count: 3000)),
        Flood(
            "WINDOW_UPDATE of the connection", .enhanceYourCalm, Array(repeating: .windowUpdate(0, 1), count: 3000)),
        Flood(
            "WINDOW_UPDATE of a stream", .enhanceYourCalm, [open] + Array(repeating: .windowUpdate(1, 1), count: 3000)),
        Flood("rapid reset", .enhanceYourCalm, streams(1000) { track.frames(on: $0) + [.reset($0)] }),
        Flood(
            "rapid reset of heads", .enhanceYourCalm,
            streams(1000) { [.headers($0, track.headerBlock, endStream: false), .reset($0)] }),
        Flood(
            "resets that the client provokes", .enhanceYourCalm,
            streams(1000) { [.headers($0, track.headerBlock, endStream: false), .windowUpdate($0, 0)] }),
        Flood(
            "streams beyond the limit", .protocolError,
            streams(1000) { [.headers($0, track.headerBlock, endStream: false)] }),
        Flood(
            "CONTINUATION", .enhanceYourCalm,
            [.headers(1, HeaderBlock(), endStream: true, endHeaders: false)]
                + Array(repeating: .continuation(1, [], endHeaders: false), count: 1000)),
    ]

    @Test("A flood ends its connection, and nothing else", arguments: floods)
    func endsConnection(row: Flood) throws {
        let scene = try Scene.of()
        let (before, start) = (scene.upstream.requests.count, scene.logLength)
        let client = try scene.connectHTTP2()
        client.sendUntilRefused(row.frames())
        #expect(try client.readToEnd() == row.code)
        try scene.expectUnreadable(after: start)
        // Of those that were reset Plunk has at most what came before the limit.
        #expect(scene.upstream.requests.count - before <= 201)
        try scene.expectUnharmed()
    }

    @Test("Who takes requests back all the time is told which of them were taken")
    func resetsAreTaken() throws {
        let scene = try Scene.of()
        let (client, gate) = try scene.connectHTTP2(withUnanswered: Self.track)
        defer { gate.open() }
        client.sendUntilRefused(
            (1...1000).flatMap { [.headers(2 * $0 + 1, Self.track.headerBlock, endStream: false), .reset(2 * $0 + 1)] })
        #expect(try client.readToEnd() == .enhanceYourCalm)
        // Else the client would take the first, which Plunk has, for none that was taken, and send it again.
        #expect(client.goAways.last?.last ?? 0 > 1)
        gate.open()
        try scene.expectUnharmed()
    }

    @Test("Who sends PING without end, but slowly, is told too which requests were taken")
    func slowPings() throws {
        let scene = try Scene.of()
        let (client, gate) = try scene.connectHTTP2(withUnanswered: Self.track)
        defer { gate.open() }
        // Less than the frame handler holds for a flood.
        for _ in 0..<20 where client.goAways.isEmpty {
            client.sendUntilRefused(Array(repeating: .ping, count: 200))
            try client.receive(for: .milliseconds(400))
        }
        #expect(try client.readToEnd() == .enhanceYourCalm)
        #expect(client.goAways.last?.last == 1)
        gate.open()
        try scene.expectUnharmed()
    }

    @Test("Who takes back as many requests as come to their end goes on")
    func resetsBesideOthers() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        for id in stride(from: UInt32(1), to: 1201, by: 4) {
            try client.send(.headers(id, Self.track.headerBlock, endStream: false), .reset(id))
            #expect(try client.exchange(Self.refused, on: id + 2).status == 401)
        }
        #expect(client.goAways.isEmpty)
    }

    @Test("Who takes back what has been answered goes on")
    func resetsOfAnswered() throws {
        let client = try Scene.of().connectHTTP2()
        for id in stride(from: UInt32(1), to: 601, by: 2) {
            try client.send(.headers(id, Self.refused.unframed().headerBlock, endStream: false))
            #expect(try client.response(on: id).status == 401)
            try client.send(.reset(id))
        }
        #expect(try client.exchange(Self.track, on: 601).status == 200)
        #expect(client.goAways.isEmpty)
    }

    @Test("Who lets no answer come whole, and takes it back, loses the connection")
    func resetsBehindShutWindow() throws {
        let scene = try Scene.of()
        let start = scene.logLength
        let client = try scene.connectHTTP2()
        client.opensWindow = false
        for id in stride(from: UInt32(1), to: 2001, by: 2) where client.goAways.isEmpty {
            client.sendUntilRefused([.headers(id, Self.refused.unframed().headerBlock, endStream: true)])
            try client.receive(until: "a head") { $0.streams[id]?.response != nil || !$0.goAways.isEmpty }
            if client.streams[id]?.isComplete != true { client.sendUntilRefused([.reset(id)]) }
        }
        #expect(try client.readToEnd() == .enhanceYourCalm)
        try scene.expectUnreadable(after: start)
        try scene.expectUnharmed()
    }

    @Test("Who sends with each request that he takes back a PING goes on, and what is under way too")
    func pingsBesideResets() async throws {
        try await Self.expectUncut { client in
            for id in stride(from: UInt32(3), through: 601, by: 2) {
                try client.send(.headers(id, Self.track.headerBlock, endStream: false), .reset(id), .ping)
                if id % 100 == 1 { try client.receive(until: "PING") { $0.pingsAnswered >= id / 2 } }
            }
        }
    }

    @Test(
        "A body in very small pieces costs nobody else on the connection anything", arguments: [[32], []] as [[UInt8]])
    func smallPieces(piece: [UInt8]) async throws {
        try await Self.expectUncut { client in
            try client.send(.headers(3, Self.track.unframed().headerBlock, endStream: false))
            try client.send(Array(repeating: .data(3, piece, endStream: false), count: 4000))
            try client.send(.data(3, Self.track.body, endStream: true))
        } and: { (client: HTTP2Client) throws in
            #expect(try client.response(on: 3).status == 200)
        }
    }

    @Test("On a connection that many share the ones' patience costs the others nothing")
    func sharedResets() async throws {
        try await Self.expectUncut { client in
            for id in stride(from: UInt32(3), through: 601, by: 2) {
                try client.send(.headers(id, Self.track.headerBlock, endStream: false), .reset(id))
            }
            #expect(try client.exchange(Self.track.without("Authorization"), on: 603).status == 401)
        }
    }

    @Test("An HPACK bomb is not unpacked")
    func bomb() throws {
        let scene = try Scene.of()
        let start = scene.logLength
        let client = try scene.connectHTTP2()
        // 4000 bytes once, then a byte for each time they are meant.
        try client.send(
            HeaderBlock.indexed("x-bomb", String(repeating: "b", count: 4000)).frames(on: 1, endStream: true))
        #expect(try client.response(on: 1).status == 400)
        let bomb = HeaderBlock(raw: Array(repeating: HeaderBlock.reference(to: 62).bytes, count: 16_000).flatMap { $0 })
        client.sendUntilRefused(bomb.frames(on: 3, endStream: true))
        #expect(try client.readToEnd() != HTTP2Code.none)
        try scene.expectUnreadable(after: start)
        try scene.expectUnharmed()
    }

    @Test("A head far over the limit ends the connection", arguments: [40_000, 90_000, 1_000_000])
    func hugeHead(size: Int) throws {
        let scene = try Scene.of()
        let start = scene.logLength
        let client = try scene.connectHTTP2()
        let block = Self.track.headerBlock.appending("x-mine", String(repeating: "a", count: size))
        client.sendUntilRefused(block.frames(on: 1, endStream: false))
        #expect(try client.readToEnd() != HTTP2Code.none)
        try scene.expectUnreadable(after: start, reason: "header_too_large")
        try scene.expectUnharmed()
    }

    @Test(
        "What comes behind the end of a connection is neither kept nor read",
        arguments: [RawFrame.windowUpdate(0, 0), RawFrame(0xF0, [UInt8](repeating: 0, count: 16_385))])
    func pump(fault: RawFrame) throws {
        let scene = try Scene.of()
        let (before, start) = (scene.upstream.requests.count, scene.logLength)
        let client = try scene.connectHTTP2()
        client.sendUntilRefused([Self.open, fault])
        try client.receive(until: "GOAWAY") { !$0.goAways.isEmpty }
        client.sendUntilRefused(ClientRequest.smuggled.frames(on: 3) + [.data(1, Self.track.body, endStream: true)])
        // A quarter of a gigabyte, which the edge would have to keep if it read it.
        let junk = Array(repeating: RawFrame.ping, count: 60_000).flatMap(\.bytes)
        for _ in 0..<250 { if (try? client.send(bytes: junk)) == nil { break } }
        client.halfClose()
        try client.readToEnd()
        try scene.expectUnharmed()
        #expect(scene.upstream.requests.count == before + 1)
        let failures = scene.edge.process.output.lines.dropFirst(start).filter { $0.contains("bad_request") }
        #expect(failures.count == 1)
    }

    @Test("Frames that say nothing cost nothing: unknown ones, and GOAWAY again and again")
    func harmless() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        try client.send(Array(repeating: RawFrame(0xF7, flags: 0xFF, stream: 9, [1, 2, 3]), count: 2000))
        try client.send(Array(repeating: .goAway(last: 0), count: 2000))
        #expect(try client.exchange(Self.track).status == 200)
        try scene.expectUnharmed()
    }

    @Test("Five hundred requests that are refused at their head leave the connection open")
    func refusals() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        for id in stride(from: UInt32(1), to: 1001, by: 2) {
            try client.send([.headers(id, Self.refused.unframed().headerBlock, endStream: true)])
            if id % 100 == 99 { #expect(try client.response(on: id).status == 401) }
        }
        #expect(try client.exchange(Self.track, on: 1001).status == 200)
    }

    @Test("The trailers of a body that nobody wanted cost those who share the connection nothing")
    func trailersOfUnwantedBody() async throws {
        try await Self.expectUncut { client in
            let head = RawFrame.headers(3, Self.refused.unframed().headerBlock, endStream: false)
            let trailers = RawFrame.headers(3, HeaderBlock([("x-checksum", "1")]), endStream: true)
            try client.send([head] + Self.wholeWindow(of: 3) + [trailers])
            #expect(try client.response(on: 3).status == 401)
        } and: { client in
            #expect(client.streams[3]?.reset == nil)
        }
    }

    /// Checks that what happens on a connection that many share cuts off no other request on it, the first, which is with
    /// Plunk meanwhile.
    ///
    /// - Parameter check: what else has to hold behind it.
    private static func expectUncut(
        _ happening: @escaping (HTTP2Client) throws -> Void,
        and check: @escaping (HTTP2Client) throws -> Void = { _ in }
    ) async throws {
        try await Scene.run(Scene.h2c) {
            let (client, gate) = try Scene.of().connectHTTP2(withUnanswered: track)
            defer { gate.open() }
            try happening(client)
            gate.open()
            #expect(try client.response(on: 1).status == 200)
            try check(client)
            #expect(client.goAways.isEmpty)
        }
    }

    /// All that may be on its way in one stream.
    private static func wholeWindow(of stream: UInt32) -> [RawFrame] {
        [16_384, 16_384, 16_384, 16_383].map {
            .data(stream, [UInt8](repeating: 32, count: $0), endStream: false)
        }
    }

    /// With DATA; and with small frames, of which a sanitizer would have to see a quarter of a million.
    @Test(
        "Streams that are over are no way around the limits", arguments: SanitizerCost.isPaid ? [true] : [true, false])
    func closedStreams(sendsData: Bool) throws {
        let scene = try Scene.of()
        let start = scene.logLength
        let client = try scene.connectHTTP2()
        try client.send(.headers(1, Self.refused.unframed().headerBlock, endStream: !sendsData))
        #expect(try client.response(on: 1).status == 401)
        if sendsData {
            try client.send(Self.wholeWindow(of: 1))
            try client.receive(until: "RST_STREAM") { $0.streams[1]?.reset != nil }
        }
        let frame =
            sendsData ? RawFrame.data(1, [UInt8](repeating: 32, count: 16_384), endStream: false) : .windowUpdate(1, 1)
        client.sendUntilRefused(Array(repeating: frame, count: 3 * 1024 * 1024 / frame.bytes.count))
        #expect(try client.readToEnd() == HTTP2Code.enhanceYourCalm)
        try scene.expectUnreadable(after: start)
        try scene.expectUnharmed()
    }
}
