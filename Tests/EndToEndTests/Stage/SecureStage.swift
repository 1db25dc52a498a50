import EdgeTestSupport
import Testing

/// An edge whose one listener speaks TLS with `good`, the certificate for localhost, and the upstream behind it.
struct SecureStage {
    let certificates: CertificateFolder
    let upstream: RecordingUpstream
    let edge: EdgeProcess
    /// A file with an event's body.
    let body: String
    var scene: Scene { Scene(edge: edge, upstream: upstream) }
    var address: String { "127.0.0.1:\(edge.port)" }
    var url: String { "https://localhost:\(edge.port)/v1/track" }

    /// - Parameters:
    ///   - certificates: the names of those to use, the first one for unknown names.
    ///   - askedFor: names that a certificate has to cover.
    ///   - prepare: makes what there is not yet in the folder.
    init(
        _ names: [String] = ["good"], minimumVersion: String = "1.2", askedFor: [String] = [],
        changes: JSONValue = [:], prepare: (CertificateFolder) throws -> Void = { _ in }
    ) throws {
        certificates = try CertificateFolder()
        try prepare(certificates)
        let tls: JSONValue = [
            "certificates": .array(names.map(certificates.files)), "minimumVersion": .string(minimumVersion),
            "names": .array(askedFor.map(JSONValue.string)),
        ]
        body = try certificates.write("body.json", Array(#"{"event":"signup","email":"ada@example.com"}"#.utf8))
        upstream = try RecordingUpstream()
        edge = try EdgeProcess(
            upstream: upstream.port,
            JSONValue.object(["listeners": [["address": "127.0.0.1:0", "tls": tls]]]).merging(changes))
    }

    /// The header fields of an event, as command lines of curl, nghttp and h2load want them.
    static let fields = ["-H", "Authorization: Bearer \(Planted.publicKey)", "-H", "Content-Type: application/json"]

    /// Starts h2load, which sends events; what it prints at its end is a ``LoadReport``.
    func startLoad(_ options: [String]) throws -> ChildProcess {
        try Tool.loader.start(
            options + Self.fields + ["--data=\(body)", "--connect-to=\(address)", "https://localhost/v1/track"])
    }

    /// Sends an event on a connection of its own.
    func expectService(_ location: SourceLocation = #_sourceLocation) throws {
        let client = try Tool.curl.start(
            ["--silent", "--show-error", "--cacert", "\(certificates.path)/authority.pem", url] + Self.fields + [
                "--data", #"{"event":"afterwards","email":"ada@example.com"}"#,
            ])
        #expect(try client.waitForExit() == 0, "\(client.errors.text)", sourceLocation: location)
        #expect(try client.output.waitForEnd() == PlunkLedger.success, sourceLocation: location)
    }
}
