import EdgeTestSupport
import Testing

/// The checks of HTTP/1.1's table, over HTTP/2.
@Suite(.serialized, .edge(JSONValue.checkTable.merging(Scene.h2c))) struct HTTP2CheckTableTests {
    @Test("Each check answers letter by letter as over HTTP/1.1", arguments: CheckTableTests.rows)
    func exactAnswer(row: CheckTableTests.Row) throws {
        let scene = try Scene.of()
        let before = scene.upstream.requests.count
        let client = try scene.connectHTTP2()
        let response = try client.exchange(row.request)
        try scene.expect(row.refusal, response)
        #expect(CheckTableTests.masked(response.text) == row.text)
        #expect(try scene.edge.record(of: response["x-request-id"])["protocol"] == "HTTP/2")
        #expect(scene.upstream.requests.count == before)
        // Whatever was refused, the connection is as good as new.
        #expect(try client.exchange(.track(), on: 3).status == 200)
        #expect(client.goAways.isEmpty)
    }

    @Test("A secret key is found wherever HTTP/2 carries it")
    func secrets() throws {
        let scene = try Scene.of()
        let client = try scene.connectHTTP2()
        let before = scene.upstream.requests.count
        let track = ClientRequest.track()
        let requests = [
            track.adding("Cookie: a=b", "Cookie: key=\(Planted.secret)"), track.adding("X-Mine: \(Planted.secret)"),
            track.adding("\(Planted.secret.lowercased()): x"),
            ClientRequest.track(line: "POST /v1/track?key=\(Planted.secret) HTTP/2"),
            track.replacing("Host: \(Planted.secret)"), track.replacing("Authorization: Bearer \(Planted.secret)"),
            track.body(#"{"event":"signup","email":"ada@example.com","data":{"k":"\#(Planted.secret)"}}"#),
        ]
        for (index, request) in requests.enumerated() {
            try scene.expect(.secretKey, try client.exchange(request, on: UInt32(2 * index + 1)))
        }
        // A method is a token, and so may be a key.
        let method = ClientRequest.track(line: "\(Planted.secret) /v1/track HTTP/2")
        try scene.expect(.secretKey, try client.exchange(method, on: 101))
        #expect(scene.upstream.requests.count == before)
    }
}
