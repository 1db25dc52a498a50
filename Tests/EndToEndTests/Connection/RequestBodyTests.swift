import EdgeTestSupport
import Testing

/// Bodies over HTTP/1.1: whether they are asked for, waited for, too large, or wanted by nobody.
@Suite(.serialized, .edge()) struct RequestBodyTests {
    @Test("100 Continue is said to a request that passes, and the body then makes one request")
    func expectContinue() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connect()
        let request = ClientRequest.track().adding(
            "Expect: 100-continue", "Content-Length: \(ClientRequest.track().body.count)")
        try client.send(request.unframed().body("").bytes)
        #expect(try client.response().status == 100)
        try client.send(request.body)
        try scene.expectForwarded(try client.response(), since: before)
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().status == 200)
    }

    @Test("100 Continue is not said where the body has come already")
    func expectContinueTooLate() throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let response = try scene.exchange(ClientRequest.track().adding("Expect: 100-continue"))
        try scene.expectForwarded(response, since: before)
    }

    @Test(
        "A request that does not pass is refused instead of continued, and the connection ends",
        arguments: [
            HostileRequest("no key", ClientRequest.track().without("Authorization"), .missingAuth),
            HostileRequest("a bad key", ClientRequest.track().replacing("Authorization: Bearer x"), .unknownKey),
            HostileRequest(
                "a large body", ClientRequest.track().adding("Content-Length: 40000").unframed(), .bodyTooLarge),
        ])
    func expectContinueRefused(row: HostileRequest) throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        var request = row.request.adding("Expect: 100-continue")
        if request.isFramed { request = request.adding("Content-Length: 48").unframed() }
        try client.send(request.body("").bytes)
        let response = try client.response()
        try scene.expect(try #require(row.refusal), response)
        #expect(response.closesConnection)
        client.halfClose()
        #expect(try client.readToEnd() == [])
    }

    @Test("A refusal at the head does not wait for the body, and reaches a client that still sends 10 MB")
    func earlyRefusal() throws {
        let scene = try Scene.of()
        let client = try scene.connect()
        let request = ClientRequest.track().without("Authorization").adding("Content-Length: 10000000").unframed()
        try client.send(request.body("").bytes)
        // The edge stops reading at some point and closes: what cannot be sent any more does not matter here.
        try? client.send([UInt8](repeating: 0x20, count: 10_000_000))
        let response = try client.response()
        try scene.expect(.missingAuth, response)
        #expect(response.closesConnection)
        #expect(try client.readToEnd() == [])
    }

    @Test("A small body that nobody wants is read away, and the connection goes on", arguments: [true, false])
    func smallUnwantedBody(isChunked: Bool) throws {
        let scene = try Scene.of()
        let text = String(repeating: "x", count: 20_000)
        let request = ClientRequest.track().without("Authorization")
        let refused =
            isChunked
            ? request.unframed().adding("Transfer-Encoding: chunked").body("4e20\r\n\(text)\r\n0\r\n\r\n")
            : request.body(text)
        let client = try scene.connect()
        try client.send(refused.bytes)
        try scene.expect(.missingAuth, try client.response())
        let before = scene.upstream.requests.count
        try client.send(ClientRequest.track().bytes)
        try scene.expectForwarded(try client.response(), since: before)
    }

    @Test(
        "A body over the limit is a 413 wherever that shows",
        arguments: [
            HostileRequest(
                "announced", ClientRequest.track().body(String(repeating: " ", count: 32 * 1024 + 1)), .bodyTooLarge),
            HostileRequest(
                "in one chunk",
                ClientRequest.track().unframed().adding("Transfer-Encoding: chunked").body("8001\r\n"), .bodyTooLarge),
            HostileRequest(
                "over many chunks",
                ClientRequest.track().unframed().adding("Transfer-Encoding: chunked")
                    .body(String(repeating: "400\r\n\(String(repeating: " ", count: 1024))\r\n", count: 33)),
                .bodyTooLarge),
            HostileRequest(
                "announced as 10 GB", ClientRequest.track().unframed().adding("Content-Length: 10000000000"),
                .bodyTooLarge),
        ])
    func bodyTooLarge(row: HostileRequest) throws { try Scene.of().check(row) }

    @Test("A body of exactly the limit passes")
    func bodyAtTheLimit() throws {
        let start = #"{"event":"a","email":"a@example.com","data":""#
        let body = start + String(repeating: "a", count: 32 * 1024 - start.utf8.count - 2) + "\"}"
        try Scene.of().check(HostileRequest("32 KiB", ClientRequest.track().body(body), nil))
    }
}
