import EdgeCore
import EdgeTestSupport
import PlunkSandbox
import Testing

@Suite struct SandboxConnectionTests {
    private func idempotent(_ key: String, project: String = "pk_test", body: String = TestRequest.valid) -> [UInt8] {
        TestRequest.track(key: project, fields: [("Idempotency-Key", key)], body: body).bytes
    }

    @Test("An Idempotency-Key works once for a project")
    func reuse() async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            try client.send(idempotent("k 1") + idempotent("k 1") + idempotent("k 1", project: "pk_other"))
            #expect(try client.response().status == 200)
            let repeated = try client.response()
            #expect(repeated.status == 409)
            #expect(
                repeated.text.contains(
                    #""code":"IDEMPOTENCY_KEY_REUSED","message":"Idempotency-Key \"k 1\" has already been used""#))
            #expect(repeated.text.contains(#""details":{"originalStatusCode":200}"#))
            #expect(try client.response().status == 200)
        }
    }

    @Test("A 4xx gives the key back, a 5xx does not")
    func release() async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            try client.send(idempotent("k", body: "{}") + idempotent("k") + idempotent("k"))
            #expect(
                try [client.response().status, client.response().status, client.response().status] == [422, 200, 409])
            try client.send(idempotent("k", project: "pk_broken") + idempotent("k", project: "pk_broken"))
            #expect(try client.response().status == 500)
            #expect(try client.response().text.contains(#""details":{"originalStatusCode":500}"#))
        }
    }

    @Test("While the first request is under way its status is null, and its event counts")
    func inFlight() async throws {
        let told = Events()
        try await withSandbox(onEvent: { told.append($0) }) { sandbox in
            let first = try RawClient(port: UInt16(sandbox.port))
            let second = try RawClient(port: UInt16(sandbox.port))
            try first.send(idempotent("k", project: "pk_slow") + TestRequest.track(key: "pk_after").bytes)
            // The second connection's request may overtake the first one's; then it is the one that waits.
            try second.send(idempotent("k", project: "pk_slow"))
            let answers = try [first.response(), second.response()].sorted { $0.status < $1.status }
            #expect(answers.map(\.status) == [200, 409])
            #expect(answers[1].text.contains(#""details":{"originalStatusCode":null}"#))
            #expect(try first.response().status == 200)
        }
        #expect(told.all.count == 2)
    }

    @Test("A project has a bucket where limits are switched on, and its answers say what is left")
    func rateLimit() async throws {
        // So slow that no token comes back during the test.
        try await withSandbox(rateLimit: RateLimit(perSecond: 0.001, burst: 2)) { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            for remaining in ["1", "0"] {
                try client.send(TestRequest.track().bytes)
                let response = try client.response()
                #expect(response.status == 200)
                #expect(response["ratelimit-limit"] == "2")
                #expect(response["ratelimit-remaining"] == remaining)
                #expect(response["retry-after"] == nil)
            }
            try client.send(TestRequest.track().bytes)
            let refused = try client.response()
            #expect(refused.status == 429)
            #expect(refused["ratelimit-remaining"] == "0")
            let wait = try #require(refused["retry-after"].flatMap { Int($0) })
            #expect((990...1000).contains(wait))
            #expect(refused.text.contains(#""details":{"retryAfter":\#(wait)}"#))
            try client.send(TestRequest.track(key: "pk_other").bytes)
            #expect(try client.response().status == 200)
        }
    }

    @Test("A project has the hosted Plunk's limit where nothing else is said, and none where that is said")
    func usualLimit() async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            try client.send(TestRequest.track().bytes)
            let response = try client.response()
            #expect(response["ratelimit-limit"] == "200")
            #expect(response["ratelimit-remaining"] == "199")
        }
        try await withSandbox(rateLimit: nil) { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            try client.send(TestRequest.track().bytes)
            let response = try client.response()
            #expect(response["ratelimit-limit"] == nil)
        }
    }

    @Test("Requests that come together are answered in order, however their bytes are cut")
    func pipelining() async throws {
        let bytes = TestRequest.track().bytes + TestRequest.track(key: nil).bytes + TestRequest.track(body: "[").bytes
        try await withSandbox { sandbox in
            for size in [1, 7, bytes.count] {
                let client = try RawClient(port: UInt16(sandbox.port))
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try client.send(Array(bytes[start..<min(start + size, bytes.count)]))
                }
                #expect(
                    try [client.response().status, client.response().status, client.response().status] == [
                        200, 401, 400,
                    ])
            }
        }
    }

    @Test("A client that waits for 100 Continue is told to go on")
    func expectation() async throws {
        try await withSandbox { sandbox in
            let client = try RawClient(port: UInt16(sandbox.port))
            let request = TestRequest.track(fields: [("Expect", "100-continue")]).bytes
            let body = Array(TestRequest.valid.utf8)
            try client.send(Array(request.dropLast(body.count)))
            #expect(try client.response().status == 100)
            try client.send(body)
            #expect(try client.response().status == 200)
        }
    }

    @Test("The connection closes where the client asks for it and after a body that is too large")
    func close() async throws {
        try await withSandbox { sandbox in
            let asking = try RawClient(port: UInt16(sandbox.port))
            try asking.send(TestRequest.track(fields: [("Connection", "close")]).bytes)
            #expect(try asking.response()["connection"] == "close")
            #expect(try asking.readToEnd() == [])
            let large = try RawClient(port: UInt16(sandbox.port))
            try large.send(TestRequest.track(body: String(repeating: " ", count: 1024 * 1024 + 1)).bytes)
            #expect(try large.response().status == 413)
            #expect(try large.readToEnd() == [])
        }
    }

    @Test("Stopping closes what is open and frees the port")
    func stop() async throws {
        let sandbox = try await SandboxServer.start(host: "127.0.0.1", port: 0)
        let idle = try RawClient(port: UInt16(sandbox.port))
        try idle.send(TestRequest.track().bytes)
        #expect(try idle.response().status == 200)
        let slow = try RawClient(port: UInt16(sandbox.port))
        try slow.send(TestRequest.track(key: "pk_slow").bytes)
        await sandbox.stop()
        #expect(try idle.readToEnd() == [])
        // A program that another test starts just now has a copy of what listens.
        let deadline = ContinuousClock.now + .seconds(10)
        while (try? RawClient(port: UInt16(sandbox.port))) != nil { try #require(.now < deadline) }
        let again = try await SandboxServer.start(host: "127.0.0.1", port: sandbox.port)
        #expect(again.localAddress == "127.0.0.1:\(sandbox.port)")
        await again.stop()
    }
}
