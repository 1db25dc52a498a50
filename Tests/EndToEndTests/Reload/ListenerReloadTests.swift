import EdgeTestSupport
import Foundation
import Testing

/// Listeners that come, go and change while others have connections.
@Suite struct ListenerReloadTests {
    private static let first: JSONValue = ["address": "127.0.0.1:0"]

    @Test("A listener comes and goes; the connections of the others stay, its own end after their answers")
    func comingAndGoing() throws {
        let stage = try ReloadStage()
        let path = "\(stage.edge.folder.path)/edge.sock"
        let client = try stage.scene.connect()
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().status == 200)

        try stage.reload(["listeners": [Self.first, ["address": "unix:\(path)"]]])
        let gate = Gate()
        stage.upstream.perform { [ledger = stage.upstream.ledger] in [.wait(gate), ledger.answer($0)] }
        let (idle, busy) = (try RawClient(unixPath: path), try RawClient(unixPath: path))
        try idle.send(ClientRequest.track().without("Authorization").bytes)
        #expect(try idle.response().status == 401)
        try busy.send(ClientRequest.track("busy").bytes)
        try stage.upstream.waitForRequests(2)

        try stage.reload()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try idle.readToEnd() == [])
        gate.open()
        let response = try busy.response()
        #expect(response.status == 200)
        #expect(response.closesConnection)
        #expect(try busy.readToEnd() == [])
        try client.send(ClientRequest.track().bytes)
        #expect(try client.response().status == 200)
        try stage.scene.expectInvariants()
    }

    @Test("A listener of HTTP/2 that goes away says so to its clients")
    func http2Goes() throws {
        let stage = try ReloadStage()
        try stage.reload(["listeners": [Self.first, ["address": "127.0.0.1:0", "h2c": true]]])
        let client = try HTTP2Client(port: try stage.addedPort())
        #expect(try client.exchange(.track()).status == 200)
        try stage.reload()
        #expect(try client.readToEnd() == HTTP2Code.none)
    }

    @Test("Other ways to speak count for those who connect from then on, on the same socket")
    func switching() throws {
        let stage = try ReloadStage()
        let certificates = try CertificateFolder()
        let old = try stage.scene.connect()
        let body = ["--data", #"{"event":"a","email":"ada@example.com"}"#]
        func curl(_ scheme: String, _ options: String...) throws -> String {
            let client = try Tool.curl.start(
                [
                    "--silent", "--cacert", "\(certificates.path)/authority.pem", "--write-out",
                    "%{http_version} %{http_code}",
                ]
                    + options + SecureStage.fields + body + ["\(scheme)://localhost:\(stage.edge.port)/v1/track"])
            _ = try client.waitForExit()
            return try client.output.waitForEnd().replacing(PlunkLedger.success, with: "")
        }
        #expect(try curl("http") == "1.1 200")
        try stage.reload([
            "listeners": [["address": "127.0.0.1:0", "tls": ["certificates": [certificates.files("good")]]]]
        ])
        #expect(try curl("https") == "2 200")
        try old.send(ClientRequest.track().bytes)
        #expect(try old.response().status == 200, "who is connected goes on as before")
        try stage.reload([
            "listeners": [
                [
                    "address": "127.0.0.1:0",
                    "tls": ["certificates": [certificates.files("other"), certificates.files("good")]],
                ]
            ]
        ])
        #expect(try curl("https") == "2 200")
        try stage.reload(["listeners": [["address": "127.0.0.1:0", "h2c": true]]])
        #expect(try curl("http", "--http2-prior-knowledge") == "2 200")
        try stage.reload()
        #expect(try curl("http", "--http2-prior-knowledge") != "2 200")
        #expect(try curl("http") == "1.1 200")
    }

    @Test("An address that is taken, or a certificate that is none, refuses the whole, and nothing of it is left")
    func refusal() throws {
        let stage = try ReloadStage(["admin": ["address": "127.0.0.1:0"]])
        let admin = try AdminScene(stage.edge, stage.upstream)
        let (socket, port) = try Socket.listen()
        defer { socket.shutDown() }
        let path = "\(stage.edge.folder.path)/edge.sock"
        // Whatever the first of them needs for itself is there then.
        try stage.reload()
        let before = try admin.descriptorCount
        let taken: JSONValue = ["address": "127.0.0.1:\(port)"]
        for _ in 0..<3 {
            try stage.write([
                "endpoint": "/api/hello", "upstream": ["url": "http://127.0.0.1:1"],
                "listeners": [["address": "unix:\(path)"], taken],
            ])
            let said = try stage.hangUp()
            #expect(said.contains("not reloaded, generation 2 stays: cannot listen on 127.0.0.1:\(port): "), "\(said)")
        }
        let missing: JSONValue = ["certificate": "none.pem", "privateKey": "none.key"]
        try stage.write(["listeners": [Self.first, ["address": "unix:\(path)", "tls": ["certificates": [missing]]]]])
        #expect(try stage.hangUp().contains("not reloaded, generation 2 stays: "))
        #expect(!FileManager.default.fileExists(atPath: path))
        let end = ContinuousClock.now + .seconds(5)
        while try admin.descriptorCount > before, .now < end {}
        #expect(try admin.descriptorCount <= before)
        #expect(try stage.scene.exchange(.track()).status == 200)
    }

    @Test("A listener that takes over the port of one that goes needs a restart, and is told so")
    func samePort() throws {
        let (socket, port) = try Socket.listen()
        socket.shutDown()
        let stage = try ReloadStage(["listeners": [["address": "127.0.0.1:\(port)"]]])
        try stage.write(["listeners": [["address": "0.0.0.0:\(port)"]]])
        #expect(try stage.hangUp().contains("cannot listen on 0.0.0.0:\(port)"))
        _ = try stage.nextLine("hint") { $0.contains("only a restart moves it") }
        #expect(try stage.scene.exchange(.track()).status == 200)
    }
}
