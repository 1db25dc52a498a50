import EdgeTestSupport
import Synchronization
import Testing

/// The upstream reads a POST and the connection ends without an answer: was the event recorded? Whatever the answer,
/// it must never be recorded twice, and the client must learn the truth.
@Suite(.serialized, .edge()) struct LostConnectionTests {
    /// Whether the lost request was recorded before its answer was lost.
    enum Loss: String, CaseIterable, Sendable { case recorded, notRecorded }

    /// Whether the connection had served before: libraries tend to repeat only on those.
    enum Use: String, CaseIterable, Sendable { case fresh, reused }

    @Test(
        "With an Idempotency-Key of the edge's own the event is recorded once and the client gets 200",
        arguments: Loss.allCases, Use.allCases)
    func addedKey(loss: Loss, use: Use) throws {
        let scene = try Scene.of()
        let client = try connection(use, scene)
        let (requests, events) = (scene.upstream.requests.count, scene.upstream.ledger.events.count)
        scene.upstream.loseAnswers(1, recording: loss == .recorded)
        defer { scene.upstream.answerLikePlunk() }
        try client.send(ClientRequest.track("lost").bytes)
        let response = try client.response()

        #expect(response.status == 200)
        #expect(scene.upstream.ledger.events.count == events + 1, "recorded once")
        let sent = scene.upstream.requests.dropFirst(requests)
        #expect(sent.count == 2)
        #expect(Set(sent.map { $0["idempotency-key"] }).count == 1, "the repeat carries the same key")
        #expect(Set(sent.map(\.body)).count == 1)
        #expect(Set(sent.map(\.connection)).count == 2)
        let record = try scene.edge.record(of: response["x-request-id"])
        #expect(record["outcome"] == "forwarded")
        #expect(record["upstream"]?["attempts"] == 2)
        switch loss {
        case .recorded:
            // The ids that Plunk gave are lost; that the event is recorded is not.
            #expect(
                response.text.wholeMatch(of: /\{"success":true,"data":\{"timestamp":"[0-9T:.\-]+Z"\}\}/) != nil,
                "\(response.text)")
            #expect(record["reason"] == "already_recorded")
        case .notRecorded:
            #expect(response.text == PlunkLedger.success)
            #expect(record["reason"] == nil)
        }
    }

    @Test("With the client's own Idempotency-Key the repeat's answer is Plunk's", arguments: Use.allCases)
    func clientKey(use: Use) throws {
        let scene = try Scene.of()
        let client = try connection(use, scene)
        let events = scene.upstream.ledger.events.count
        scene.upstream.loseAnswers(1, recording: true)
        defer { scene.upstream.answerLikePlunk() }
        try client.send(ClientRequest.track("lost").adding("Idempotency-Key: own-\(use.rawValue)").bytes)
        let response = try client.response()
        #expect(response.status == 409)
        #expect(try response.json()["error"]?["details"]?["originalStatusCode"] == 200)
        #expect(scene.upstream.ledger.events.count == events + 1)
    }

    @Test(
        "A connection lost twice is a 502 that says what may have happened, after one repeat", arguments: Loss.allCases)
    func lostTwice(loss: Loss) throws {
        let scene = try Scene.of()
        let (requests, events) = (scene.upstream.requests.count, scene.upstream.ledger.events.count)
        scene.upstream.loseAnswers(2, recording: loss == .recorded)
        defer { scene.upstream.answerLikePlunk() }
        let response = try scene.exchange(.track("lost"))
        try scene.expect(.closed, response)
        #expect(response.text.contains("may have been recorded"))
        #expect(scene.upstream.requests.count == requests + 2)
        #expect(scene.upstream.ledger.events.count <= events + 1)
        scene.upstream.answerLikePlunk()
        #expect(try scene.exchange(.track()).status == 200)
    }

    @Test("A repeat that finds the first still under way cannot be sure, and says so")
    func inFlight() throws {
        let scene = try Scene.of()
        let attempts = Mutex(0)
        scene.upstream.perform { _ in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt == 1 { return [.close] }
            let error =
                #"{"code":"IDEMPOTENCY_KEY_REUSED","message":"in use","statusCode":409,"details":{"originalStatusCode":null}}"#
            return [.answer(409, body: #"{"success":false,"error":\#(error),"timestamp":"2026-11-23T10:00:00.000Z"}"#)]
        }
        defer { scene.upstream.answerLikePlunk() }
        let response = try scene.exchange(.track("lost"))
        try scene.expect(
            Refusal(status: 502, code: "EXTERNAL_SERVICE_ERROR", reason: "maybe_recorded", outcome: "upstream_failed"),
            response)
        #expect(response.text.contains("may have been recorded"))
    }

    @Test("An answer that has begun is not repeated")
    func begunAnswer() throws {
        let scene = try Scene.of()
        let requests = scene.upstream.requests.count
        scene.upstream.perform { [ledger = scene.upstream.ledger] request in
            ledger.answer(request)
            return [.send("HTTP/1.1 "), .close]
        }
        defer { scene.upstream.answerLikePlunk() }
        try scene.expect(.closed, try scene.exchange(.track("lost")))
        #expect(scene.upstream.requests.count == requests + 1)
        scene.upstream.answerLikePlunk()
        #expect(try scene.exchange(.track()).status == 200)
    }

    @Test("An idle connection that Plunk closes costs the next event nothing")
    func idleClose() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        let events = scene.upstream.ledger.events.count
        for _ in 0..<5 {
            try client.send(ClientRequest.track().bytes)
            #expect(try client.response().status == 200)
            scene.upstream.closeConnections()
        }
        #expect(scene.upstream.ledger.events.count == events + 5)
    }

    private func connection(_ use: Use, _ scene: Scene) throws -> RawClient {
        let client = try scene.connect()
        // Connections of earlier tests would make every request one on a reused connection.
        scene.upstream.closeConnections()
        if use == .reused {
            try client.send(ClientRequest.track("before").bytes)
            #expect(try client.response().status == 200)
        }
        return client
    }
}

/// The same where nothing may be repeated, or nothing makes a repeat harmless.
@Suite(.serialized) struct UnrepeatedTests {
    @Test(
        "Without a repeat the client gets a 502 and Plunk one request",
        arguments: [
            ["upstream": ["retry": "never"]], ["upstream": ["idempotency": "pass"]],
        ] as [JSONValue])
    func unrepeated(changes: JSONValue) async throws {
        try await Scene.run(changes) {
            let scene = try Scene.of()
            let client = try scene.connect()
            for isReused in [false, true] {
                if isReused {
                    scene.upstream.answerLikePlunk()
                    try client.send(ClientRequest.track().bytes)
                    #expect(try client.response().status == 200)
                }
                let requests = scene.upstream.requests.count
                scene.upstream.loseAnswers(1, recording: true)
                try client.send(ClientRequest.track("lost").bytes)
                let response = try client.response()
                try scene.expect(.closed, response)
                #expect(response.text.contains("may have been recorded"))
                #expect(scene.upstream.requests.count == requests + 1)
            }
        }
    }

    @Test("A client's own key makes the repeat harmless where none is added; without it none is sent")
    func passedKey() async throws {
        try await Scene.run(["upstream": ["idempotency": "pass"]]) {
            let scene = try Scene.of()
            #expect(try scene.exchange(.track()).status == 200)
            #expect(scene.upstream.requests.last?["idempotency-key"] == nil)
            scene.upstream.loseAnswers(1, recording: false)
            #expect(try scene.exchange(.track().adding("Idempotency-Key: own")).status == 200)
            #expect(scene.upstream.requests.suffix(2).map { $0["idempotency-key"] } == ["own", "own"])
        }
    }
}

extension Refusal {
    fileprivate static let closed = Refusal(
        status: 502, code: "EXTERNAL_SERVICE_ERROR", reason: "upstream_closed", outcome: "upstream_failed")
}

extension RecordingUpstream {
    /// Closes without an answer so many times, and answers like Plunk from then on.
    fileprivate func loseAnswers(_ count: Int, recording: Bool) {
        let left = Monitor(count)
        perform { [ledger] request in
            let isLost = left.withLock { left in
                left -= 1
                return left >= 0
            }
            if !isLost { return [ledger.answer(request)] }
            if recording { ledger.answer(request) }
            return [.close]
        }
    }
}
