import EdgeTestSupport
import Testing

extension ClientRequest {
    /// The same request as a field list of HTTP/2.
    ///
    /// - Parameter scheme: nil to leave it out.
    var fieldList: [(String, String)] {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        var list = [(":method", parts[0]), (":scheme", "http"), (":path", parts.count > 1 ? parts[1] : "/")]
        var others: [(String, String)] = []
        for field in fields {
            let name = field.prefix { $0 != ":" }.lowercased()
            let value = String(field.dropFirst(name.count + 1).drop { $0 == " " })
            if name == "host", !list.contains(where: { $0.0 == ":authority" }) {
                list.append((":authority", value))
            } else {
                others.append((name, value))
            }
        }
        if isFramed { others.append(("content-length", "\(body.count)")) }
        return list + others
    }

    var headerBlock: HeaderBlock { HeaderBlock(fieldList) }

    /// HEADERS and, where there is a body, one DATA frame for each 16 KiB of it.
    func frames(on stream: UInt32) -> [RawFrame] {
        var frames = [RawFrame.headers(stream, headerBlock, endStream: body.isEmpty)]
        for start in stride(from: 0, to: body.count, by: 16_384) {
            let end = min(start + 16_384, body.count)
            frames.append(.data(stream, Array(body[start..<end]), endStream: end == body.count))
        }
        return frames
    }
}

extension HTTP2Client {
    /// Sends a request on a stream and reads its answer.
    func exchange(_ request: ClientRequest, on stream: UInt32 = 1) throws -> HTTPResponse {
        try send(request.frames(on: stream))
        return try response(on: stream)
    }
}

extension Scene {
    /// A listener that speaks HTTP/2 in clear text.
    static let h2c: JSONValue = ["listeners": [["address": "127.0.0.1:0", "h2c": true]]]

    /// More memory than the edge may ever have had, in bytes: a debug build that serves a few connections has 30 MiB.
    static let memoryCeiling = 96 << 20

    func connectHTTP2(settings: [(UInt16, UInt32)] = []) throws -> HTTP2Client {
        try HTTP2Client(port: edge.port, settings: settings)
    }

    /// A connection whose first request has reached Plunk, which answers when the gate is opened.
    func connectHTTP2(withUnanswered request: ClientRequest) throws -> (client: HTTP2Client, gate: Gate) {
        let (gate, before) = (Gate(), upstream.requests.count)
        upstream.perform { [ledger = upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let client = try connectHTTP2()
        try client.send(request.frames(on: 1))
        try upstream.waitForRequests(before + 1)
        return (client, gate)
    }

    /// Checks that nobody else suffers from what was done: another client is served by the same process, which has stayed
    /// small.
    func expectUnharmed(_ location: SourceLocation = #_sourceLocation) throws {
        let before = upstream.requests.count
        let honest = try connectHTTP2()
        let response = try honest.exchange(.track("honest"))
        try expectOurs(response, location)
        #expect(response.status == 200, sourceLocation: location)
        #expect(upstream.requests.dropFirst(before).contains { $0.text.contains("honest") }, sourceLocation: location)
        #expect(edge.process.isRunning, sourceLocation: location)
        #expect(try edge.process.peakResidentBytes < Self.memoryCeiling, sourceLocation: location)
    }

    /// The first record written after `line` lines of the log that `match` accepts.
    func record(after line: Int, _ what: String, where match: (JSONValue) -> Bool) throws -> JSONValue {
        var number = 0
        return try edge.process.output.waitForLine(what) { text in
            number += 1
            guard number > line, let record = try? JSONValue(parsing: Array(text.utf8)), match(record) else {
                return nil
            }
            return record
        }
    }

    /// How many lines the access log has now.
    var logLength: Int { edge.process.output.lines.count }

    /// Checks that the log says of a connection over HTTP/2 that what came was no request.
    func expectUnreadable(
        after line: Int, reason: String = "bad_request", _ location: SourceLocation = #_sourceLocation
    ) throws {
        let record = try record(after: line, "record of \(reason)") {
            // An answer to a request is no such thing.
            $0["reason"]?.string == reason && $0["status"] == nil
        }
        #expect(record["protocol"] == "HTTP/2", sourceLocation: location)
        #expect(record["outcome"] == "rejected", sourceLocation: location)
    }
}
