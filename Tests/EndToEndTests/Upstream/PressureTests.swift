import EdgeTestSupport
import Testing

/// An upstream that is full, slow, or has said stop.
@Suite(.serialized) struct PressureTests {
    @Test("After a 429 the key is answered here until its time has run out; other keys go on")
    func pause() async throws {
        try await Scene.run([:]) {
            let scene = try Scene.of()
            let body = #"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","details":{"retryAfter":5}}}"#
            scene.upstream.perform { _ in
                [.answer(429, ["Content-Type: application/json", "Retry-After: 5"], body: body)]
            }
            let first = try scene.exchange(.track())
            #expect(first.status == 429)
            #expect(first.text == body)
            #expect(first["retry-after"] == "5")
            scene.upstream.answerLikePlunk()

            let requests = scene.upstream.requests.count
            let second = try scene.exchange(.track())
            try scene.expect(
                Refusal(status: 429, code: "RATE_LIMIT_EXCEEDED", reason: "upstream_rate_limited", outcome: "limited"),
                second)
            #expect((1...5).contains(second["retry-after"].flatMap { Int($0) } ?? 0))
            #expect(scene.upstream.requests.count == requests)
            let other = ClientRequest.track().replacing("Authorization: Bearer pk_otherproject")
            #expect(try scene.exchange(other).status == 200)
            try scene.retry { try scene.exchange(.track()).status == 200 }
        }
    }

    @Test("A pause is over when its time is, also for a request that began while it ran")
    func pauseEndsInsideRequest() async throws {
        try await Scene.run([:]) {
            let scene = try Scene.of()
            scene.upstream.perform { _ in
                [.answer(429, ["Content-Type: application/json", "Retry-After: 1"], body: "{}")]
            }
            #expect(try scene.exchange(.track()).status == 429)
            scene.upstream.answerLikePlunk()
            let (client, bytes) = (try scene.connect(), ClientRequest.track().bytes)
            try client.send(Array(bytes.dropLast(9)))
            #expect(try client.staysOpen(for: .milliseconds(1200)))
            try client.send(Array(bytes.suffix(9)))
            #expect(try client.response().status == 200)
        }
    }

    @Test(
        "A 429 without Retry-After stops nothing, and an endless one counts for a minute at most",
        arguments: [
            (fields: ["Content-Type: application/json"], isPaused: false),
            (fields: ["Content-Type: application/json", "Retry-After: x"], isPaused: false),
            (fields: ["Content-Type: application/json", "Retry-After: -5"], isPaused: false),
            (fields: ["Content-Type: application/json", "Retry-After: 99999999"], isPaused: true),
        ])
    func oddPause(fields: [String], isPaused: Bool) async throws {
        try await Scene.run([:]) {
            let scene = try Scene.of()
            scene.upstream.perform { _ in [.answer(429, fields, body: "{}")] }
            #expect(try scene.exchange(.track()).status == 429)
            scene.upstream.answerLikePlunk()
            let second = try scene.exchange(.track())
            #expect(second.status == (isPaused ? 429 : 200))
            if isPaused { #expect((1...60).contains(second["retry-after"].flatMap { Int($0) } ?? 0)) }
        }
    }

    @Test("Beyond the requests in flight there is a 503 at once")
    func inFlight() async throws {
        try await Scene.run(["upstream": ["inFlight": ["max": 2]]]) {
            let scene = try Scene.of()
            let gate = Gate()
            scene.upstream.perform { [ledger = scene.upstream.ledger] in [.wait(gate), ledger.answer($0)] }
            let waiting = try (0..<2).map { _ in try scene.connect() }
            for client in waiting { try client.send(ClientRequest.track().bytes) }
            try scene.upstream.waitForRequests(2)
            let response = try scene.exchange(.track())
            try scene.expect(
                Refusal(status: 503, code: "EXTERNAL_SERVICE_ERROR", reason: "overloaded", outcome: "overloaded"),
                response)
            #expect(response["retry-after"] != nil)
            gate.open()
            for client in waiting { #expect(try client.response().status == 200) }
            #expect(try scene.exchange(.track()).status == 200)
        }
    }

    @Test("Beyond the connections requests wait their turn")
    func connections() async throws {
        try await Scene.run(["upstream": ["connections": ["max": 1]]]) {
            let scene = try Scene.of()
            let clients = try (0..<10).map { _ in try scene.connect() }
            for client in clients { try client.send(ClientRequest.track().bytes) }
            for client in clients { #expect(try client.response().status == 200) }
            #expect(scene.upstream.connectionCount == 1)
        }
    }

    @Test("A request that waits in vain for a connection is a 504 and never sent")
    func queueTimeout() async throws {
        try await Scene.run(["upstream": ["connections": ["max": 1], "timeouts": ["total": "500ms"], "retry": "never"]])
        {
            let scene = try Scene.of()
            scene.upstream.perform { _ in [.stall] }
            let first = try scene.connect()
            try first.send(ClientRequest.track().bytes)
            try scene.upstream.waitForRequests(1)
            let second = try scene.connect()
            try second.send(ClientRequest.track().bytes)
            #expect(try first.response().status == 504)
            let response = try second.response()
            #expect([502, 504].contains(response.status))
            #expect(scene.upstream.requests.count <= 2)
        }
    }

    @Test("Five failures in a row open the breaker, and one probe closes it again")
    func breaker() async throws {
        try await Scene.run(["upstream": ["retry": "never"]]) {
            let scene = try Scene.of()
            scene.upstream.perform { _ in [.close] }
            for _ in 0..<5 { #expect(try scene.exchange(.track()).status == 502) }
            let requests = scene.upstream.requests.count
            // All within the five seconds for which it stays open.
            let responses = try (0..<3).map { _ in try scene.exchange(.track()) }
            #expect(scene.upstream.requests.count == requests, "nothing is sent while it is open")
            for response in responses {
                try scene.expect(.down, response)
                #expect((1...5).contains(response["retry-after"].flatMap { Int($0) } ?? 0))
            }
            scene.upstream.answerLikePlunk()
            try scene.retry { try scene.exchange(.track()).status == 200 }
            for _ in 0..<3 { #expect(try scene.exchange(.track()).status == 200) }
        }
    }

    @Test("An upstream that nobody listens for is a 502, then the breaker's 503")
    func refused() async throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        let edge = try EdgeProcess(upstream: port)
        let scene = Scene(edge: edge, upstream: try RecordingUpstream())
        for _ in 0..<5 {
            try scene.expect(
                Refusal(
                    status: 502, code: "EXTERNAL_SERVICE_ERROR", reason: "upstream_connect", outcome: "upstream_failed"),
                try scene.exchange(.track()))
        }
        try scene.expect(.down, try scene.exchange(.track()))
        try scene.expectInvariants()
    }

    @Test("An upstream that lets connections hang is a 504 when the time to connect is over")
    func hangs() throws {
        // Whoever comes when nobody accepts and the queue is full gets no answer (listen(2)).
        let (queue, port) = try Socket.listen(backlog: 0)
        defer { queue.shutDown() }
        let waiting = try Socket.connect(toPort: port)
        defer { waiting.shutDown() }
        let settings: JSONValue = ["upstream": ["timeouts": ["connect": "300ms", "total": "5m"], "retry": "never"]]
        let scene = Scene(edge: try EdgeProcess(upstream: port, settings), upstream: try RecordingUpstream())
        let response = try scene.exchange(.track())
        try scene.expect(
            Refusal(
                status: 504, code: "EXTERNAL_SERVICE_ERROR", reason: "upstream_timeout", outcome: "upstream_failed"),
            response)
        #expect(!response.text.contains("may have been recorded"))
        try scene.expectInvariants()
    }

    @Test("Why there is no connection is told to the operator, in libcurl's words, once and not for each request")
    func refusedWarning() throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        let edge = try EdgeProcess(upstream: port)
        let scene = Scene(edge: edge, upstream: try RecordingUpstream())
        for _ in 0..<3 {
            let response = try scene.exchange(.track())
            #expect(response.status == 502)
            #expect(!response.text.contains("connect to server"), "the client is told less")
        }
        let line = try edge.process.errors.waitForLine("warning") { $0.contains("no connection") ? $0 : nil }
        // Newer versions of libcurl have put its words differently.
        let warning = /warning: no connection to Plunk: Could(n't| not) connect to server: Connection refused/
        #expect(line.contains(warning), "\(line)")
        #expect(try edge.terminate() == 0)
        _ = try edge.process.errors.waitForEnd()
        #expect(edge.process.errors.lines.count { $0.contains("no connection") } == 1)
    }

    @Test("A client that goes away is logged, and its event still has one fate")
    func clientGone() async throws {
        try await Scene.run(["limits": ["connections": 1]]) {
            let scene = try Scene.of()
            let gate = Gate()
            scene.upstream.perform { [ledger = scene.upstream.ledger] in [.wait(gate), ledger.answer($0)] }
            do {
                let client = try scene.connect()
                try client.send(ClientRequest.track("gone").bytes)
                try scene.upstream.waitForRequests(1)
            }
            // The edge has noticed once there is room for another connection.
            try scene.exchange(ClientRequest.track().without("Authorization"), untilAnsweredBy: 401)
            gate.open()
            let record = try scene.edge.process.output.waitForLine("record") { line in
                line.contains("client_gone") ? try? JSONValue(parsing: Array(line.utf8)) : nil
            }
            #expect(record["outcome"] == "client_gone")
            #expect(record["status"] == nil)
            scene.upstream.answerLikePlunk()
            try scene.exchange(.track(), untilAnsweredBy: 200)
            #expect(scene.upstream.ledger.events.count == 2)
        }
    }
}

extension Refusal {
    fileprivate static let down = Refusal(
        status: 503, code: "EXTERNAL_SERVICE_ERROR", reason: "upstream_down", outcome: "overloaded")
}

extension Scene {
    /// Sends a request over new connections until one is served.
    func exchange(_ request: ClientRequest, untilAnsweredBy status: Int) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? exchange(request).status) != status {
            guard .now < deadline else { throw Overdue("\(status)") }
        }
    }

    /// Tries again, with pauses, until it holds.
    func retry(_ body: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(20) * SanitizerCost.time
        let clock = try connect()
        while try !body() {
            guard .now < deadline else { throw Overdue("what was waited for") }
            // A connection on which nothing happens is a clock that ticks without sleeping longer than it must.
            _ = try clock.staysOpen(for: .milliseconds(100))
        }
    }
}
