import EdgeTestSupport
import Foundation

/// A front server by a recipe, behind it the edge and an app, behind the edge the upstream.
struct FrontStage {
    /// What a client got.
    struct Answer {
        var text: String
        var status: Int? { text.firstMatch(of: /HTTP\/[\d.]+ (\d+)/).flatMap { Int($0.1) } }
        var requestID: String? { text.firstMatch(of: /(?i)\r\nx-request-id: (\S+)\r\n/).map { String($0.1) } }
        var body: String { text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "" }
    }

    /// Where the client calls from.
    static let client = "127.0.0.2"
    static let appAnswer = #"{"app":true}"#

    let certificates: CertificateFolder
    let upstream: RecordingUpstream
    let app: RecordingUpstream
    let edge: EdgeProcess
    let front: FrontServer
    /// As a browser writes it into Host.
    var authority: String { "\(front.place.host):\(front.place.port)" }

    /// - Parameter admin: the port of the edge's admin listener, 9090 in the recipes.
    init(_ recipe: FrontRecipe, over way: FrontServer.Way, admin: Int = 9090) throws {
        certificates = try CertificateFolder()
        try certificates.make("front", names: ["app.example.com"])
        // HAProxy wants both in one file.
        let folder = certificates.path
        let both = try ["pem", "key"].map { try String(contentsOfFile: "\(folder)/front.\($0)", encoding: .utf8) }
        _ = try certificates.write("front.both.pem", Array(both.joined().utf8))
        upstream = try RecordingUpstream()
        app = try RecordingUpstream()
        app.perform { _ in [.answer(body: Self.appAnswer)] }
        let socket = "\(folder)/edge.sock"
        let place = FrontServer.Place(folder: folder)
        edge = try EdgeProcess(
            upstream: upstream.port,
            [
                "listeners": [["address": .string(way == .unix ? "unix:\(socket)" : "127.0.0.1:0")]],
                "admin": ["address": "\(place.address):\(admin)"], "origins": ["same-origin"], "requireOrigin": true,
            ])
        front = try FrontServer(
            recipe, over: way, edge: way == .unix ? socket : "127.0.0.1:\(edge.port)", app: app.port,
            at: place)
    }

    /// Sends an event from ``client`` by curl, over TLS and HTTP/2.
    func send(
        path: String = "/v1/track", key: String = Planted.publicKey, fields: [String] = [],
        body: String = #"{"event":"signup","email":"ada@example.com"}"#
    ) throws -> Answer {
        let place = front.place
        let file = try certificates.write("body.json", Array(body.utf8))
        let options = [
            "--silent", "--show-error", "--include", "--http2", "--cacert", "\(certificates.path)/authority.pem",
            "--interface", Self.client, "--resolve", "\(authority):\(place.address)", "--data-binary", "@\(file)",
            // A large body is not held back until the server asks for it.
            "--header", "Expect:",
        ]
        let lines = ["Authorization: Bearer \(key)", "Content-Type: application/json"] + fields
        let curl = try Tool.curl.start(
            options + lines.flatMap { ["--header", $0] } + ["https://\(authority)\(path)"])
        guard try curl.waitForExit() == 0 else { throw Overdue("an answer: \(curl.errors.text)") }
        return Answer(text: try curl.output.waitForEnd())
    }
}
