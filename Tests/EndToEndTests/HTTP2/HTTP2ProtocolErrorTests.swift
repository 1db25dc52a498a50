import EdgeTestSupport
import Testing

/// Frames that RFC 9113 forbids.
@Suite(.serialized, .edge(Scene.h2c)) struct HTTP2ProtocolErrorTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let frames: [RawFrame]
        let code: HTTP2Code

        init(_ description: String, _ code: HTTP2Code, _ frames: RawFrame...) {
            (testDescription, self.code, self.frames) = (description, code, frames)
        }
    }

    private static let track = ClientRequest.track()
    private static let block = track.headerBlock
    private static let end = RawFrame.Flag.endStream

    private static func open(_ stream: UInt32) -> RawFrame { .headers(stream, block, endStream: false) }

    static let streams: [Row] = [
        Row("DATA on stream 0", .protocolError, .data(0, [1], endStream: false)),
        Row("DATA on a stream that was never opened", .protocolError, .data(5, [1], endStream: true)),
        Row("HEADERS on stream 0", .protocolError, open(0)),
        Row("HEADERS on a stream of the server's", .protocolError, open(2)),
        Row("HEADERS on an older stream", .protocolError, open(3), open(1)),
        Row("RST_STREAM on stream 0", .protocolError, .reset(0)),
        Row("RST_STREAM on a stream that was never opened", .protocolError, .reset(7)),
        Row("WINDOW_UPDATE on a stream that was never opened", .protocolError, .windowUpdate(7, 1)),
        Row("SETTINGS on a stream", .protocolError, RawFrame(RawFrame.Kind.settings, stream: 1)),
        Row("PING on a stream", .protocolError, RawFrame(RawFrame.Kind.ping, stream: 1, [0, 0, 0, 0, 0, 0, 0, 0])),
        Row("PUSH_PROMISE", .protocolError, open(1), RawFrame(5, flags: 4, stream: 1, [0, 0, 0, 2])),
        Row("CONTINUATION without a head", .protocolError, .continuation(1, [], endHeaders: true)),
        Row(
            "another frame inside a head", .protocolError, .headers(1, block, endStream: true, endHeaders: false), .ping
        ),
        Row(
            "CONTINUATION of another stream", .protocolError, .headers(1, block, endStream: true, endHeaders: false),
            .continuation(3, [], endHeaders: true)),
    ]

    static let sizes: [Row] = [
        Row(
            "DATA over the size of a frame", .frameSize, open(1),
            .data(1, [UInt8](repeating: 32, count: 16_385), endStream: true)),
        Row("a frame of no kind, over the size", .frameSize, RawFrame(0xF0, [UInt8](repeating: 0, count: 16_385))),
        Row("PING that is too short", .frameSize, RawFrame(RawFrame.Kind.ping, [1])),
        Row("RST_STREAM that is too short", .frameSize, open(1), RawFrame(RawFrame.Kind.reset, stream: 1, [1])),
        Row("WINDOW_UPDATE that is too short", .frameSize, RawFrame(RawFrame.Kind.windowUpdate, [1])),
        Row("SETTINGS that end inside one", .frameSize, RawFrame(RawFrame.Kind.settings, [0, 4, 0, 0, 1])),
        Row("SETTINGS that are acknowledged with a payload", .frameSize, RawFrame.settings([(4, 5)]).with(flags: 1)),
        Row("GOAWAY that is too short", .frameSize, RawFrame(RawFrame.Kind.goAway, [0, 0, 0, 0])),
        Row(
            "padding that is longer than its frame", .protocolError, open(1),
            RawFrame(RawFrame.Kind.data, flags: RawFrame.Flag.padded | end, stream: 1, [5, 0, 0])),
    ]

    static let values: [Row] = [
        Row("WINDOW_UPDATE of nothing", .protocolError, .windowUpdate(0, 0)),
        Row("a window over 2 GiB", .flowControl, .windowUpdate(0, 0x7FFF_FFFF)),
        Row("a stream's first window over 2 GiB", .flowControl, .settings([(4, 0x8000_0000)])),
        Row("frames of one byte", .protocolError, .settings([(5, 1)])),
        Row("push that is neither on nor off", .protocolError, .settings([(2, 2)])),
        Row("SETTINGS acknowledged that were not sent", .protocolError, .settingsReceived, .settingsReceived),
        Row("HPACK's entry 0", .compression, .headers(1, HeaderBlock(raw: [0x80]), endStream: true)),
        Row("an entry that is not there", .compression, .headers(1, .reference(to: 70), endStream: true)),
        Row(
            "a number that never ends", .compression,
            .headers(1, HeaderBlock(raw: [UInt8](repeating: 0xFF, count: 90)), endStream: true)),
        Row(
            "a text that ends inside", .compression, .headers(1, HeaderBlock(raw: [0x00, 0x05, 0x61]), endStream: true)),
        Row("a field without a name", .compression, .headers(1, block.appending("", "a"), endStream: true)),
        Row(
            "a table larger than allowed", .compression,
            .headers(1, HeaderBlock(raw: [0x3F, 0xE2, 0xFF, 0x3F] + block.bytes), endStream: true)),
        Row(
            "Huffman's code of the end", .compression,
            .headers(1, HeaderBlock(raw: [0x00, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x61]), endStream: true)),
    ]

    @Test("What is forbidden ends the connection, with its code", arguments: streams + sizes + values)
    func connectionError(row: Row) throws {
        let scene = try Scene.of()
        let (before, start) = (scene.upstream.requests.count, scene.logLength)
        let client = try scene.connectHTTP2()
        try client.receive(until: "SETTINGS") { !$0.settings.isEmpty }
        client.sendUntilRefused(row.frames + ClientRequest.smuggled.frames(on: 9))
        #expect(try client.readToEnd() == row.code)
        try scene.expectUnreadable(after: start)
        #expect(scene.upstream.requests.count == before)
        try scene.expectUnharmed()
    }

    static let streamErrors: [Row] = [
        Row("WINDOW_UPDATE of nothing", .protocolError, .windowUpdate(3, 0)),
        Row("a window over 2 GiB", .flowControl, .windowUpdate(3, 0x7FFF_FFFF)),
        Row("trailers that do not end", .protocolError, .headers(3, HeaderBlock([("a", "b")]), endStream: false)),
    ]

    @Test("What is wrong with one stream ends that stream, and the others go on", arguments: streamErrors)
    func streamError(row: Row) throws {
        let scene = try Scene.of()
        let (before, start) = (scene.upstream.requests.count, scene.logLength)
        let client = try scene.connectHTTP2()
        try client.send([Self.open(1), Self.open(3)] + row.frames)
        #expect(try client.reset(on: 3) == row.code)
        try client.send(.data(1, Self.track.body, endStream: true))
        try scene.expectForwarded(try client.response(on: 1), since: before)
        let record = try scene.record(after: start, "record of the other") { $0["outcome"] == "client_gone" }
        #expect(record["reason"] == "client_gone")
        #expect(record["status"] == nil)
        #expect(client.goAways.isEmpty)
    }

    @Test("What is under way on a connection that fails is in the log as a client that has gone")
    func failsMidFlight() throws {
        let scene = try Scene.of()
        let start = scene.logLength
        let (client, gate) = try scene.connectHTTP2(withUnanswered: Self.track)
        defer { scene.upstream.answerLikePlunk() }
        try client.send(.windowUpdate(0, 0))
        #expect(try client.readToEnd() == .protocolError)
        gate.open()
        let record = try scene.record(after: start, "client_gone") { $0["outcome"] == "client_gone" }
        #expect(record["upstream"]?["status"] == 200)
        #expect(client.streams.isEmpty)
    }

    @Test("A client that says GOAWAY gets the answers it waits for")
    func goAway() throws {
        let scene = try Scene.of()
        let gate = Gate()
        let before = scene.upstream.requests.count
        scene.upstream.perform { [ledger = scene.upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        defer { scene.upstream.answerLikePlunk() }
        let client = try scene.connectHTTP2()
        try client.send(Self.track.frames(on: 1) + [.goAway(last: 0)])
        try scene.upstream.waitForRequests(before + 1)
        gate.open()
        try scene.expectForwarded(try client.response(on: 1), since: before)
    }

    @Test("DATA beyond the stream's window is an error")
    func inboundWindow() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let part = RawFrame.data(1, [UInt8](repeating: 32, count: 16_000), endStream: false)
        client.sendUntilRefused([Self.open(1)] + Array(repeating: part, count: 5))
        try client.receive(until: "an end") { $0.streams[1]?.reset != nil || !$0.goAways.isEmpty }
        #expect((client.streams[1]?.reset ?? client.goAways.last?.code) == .flowControl)
        try scene.expectUnharmed()
    }
}
