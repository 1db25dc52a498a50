import EdgeTestSupport
import Foundation
import Testing

/// The access log as programs of others read it, with our files for them.
@Suite(.serialized) struct LogToolTests {
    /// A log with six requests that were forwarded, two with a secret key, one without any, one for another endpoint, and
    /// one that was no HTTP; and what a full disk leaves.
    private func makeLog() throws -> LogFolder {
        let (upstream, folder) = (try RecordingUpstream(), try LogFolder())
        let edge = try folder.start(upstream, maximumSize: "100MiB")
        let scene = Scene(edge: edge, upstream: upstream)
        for _ in 0..<6 { #expect(try scene.exchange(.track()).status == 200) }
        let secret = ClientRequest.track().replacing("Authorization: Bearer \(Planted.secret)")
        for _ in 0..<2 { #expect(try scene.exchange(secret).status == 401) }
        #expect(try scene.exchange(ClientRequest.track().without("Authorization")).status == 401)
        #expect(try scene.exchange(.track(line: "POST /v1/contacts HTTP/1.1")).status == 401)
        let nonsense = try scene.connect()
        try nonsense.send("nonsense\r\n\r\n")
        #expect(try nonsense.response().status == 400)
        #expect(try edge.terminate() == 0)
        let dropped = #"{"v":1,"time":"2026-11-26T01:42:05.123Z","event":"dropped","count":12}"# + "\n"
        let log = try FileHandle(forUpdating: URL(fileURLWithPath: folder.log))
        try log.seekToEnd()
        try log.write(contentsOf: Data(dropped.utf8))
        return folder
    }

    private static func file(_ name: String) -> String { Repository.path("deploy/logs/\(name)") }

    @Test("lnav knows our log, each line's level, and every field by its name")
    func lnav() throws {
        let folder = try makeLog()
        let home = ["HOME": folder.folder.path, "TERM": "dumb"]
        func run(_ arguments: String...) throws -> String {
            let lnav = try ChildProcess(Tool.lnav.path, arguments, environment: home)
            let text = try lnav.output.waitForEnd()
            #expect(try lnav.waitForExit() == 0, "\(lnav.errors.text)")
            return text
        }
        _ = try run("-i", Self.file("lnav-format.json"))
        func table(_ query: String) throws -> [Substring] {
            try run("-n", "-c", ";\(query)", "-c", ":write-csv-to -", folder.log).split(whereSeparator: \.isNewline)
        }
        #expect(
            try table("SELECT log_level, outcome, reason, count(*) FROM plunk_edge_log GROUP BY 1, 2, 3 ORDER BY 1, 3")
                .dropFirst() == [
                    "info,<NULL>,<NULL>,1", "info,forwarded,<NULL>,6", "warning,rejected,bad_request,1",
                    "warning,rejected,missing_auth,1", "warning,rejected,secret_key,2",
                    "warning,rejected,wrong_endpoint,1",
                ])
        #expect(
            try table(
                "SELECT sum(count), count(DISTINCT request_id), sum(\"upstream/attempts\"), sum(\"key/type\" = 'secret'), "
                    + "sum(duration_ms > 0) FROM plunk_edge_log"
            ).last == "12,11,6,2,11")
        let filtered = try run("-n", "-c", ":filter-in secret_key", folder.log).split(separator: "\n")
        #expect(filtered.count == 2)
        #expect(filtered.allSatisfy { $0.contains(" 401 rejected        secret_key       POST /v1/track 127.0.0.1") })
    }

    @Test("GoAccess counts what is in our log")
    func goaccess() throws {
        let folder = try makeLog()
        let report = "\(folder.folder.path)/report.json"
        let goaccess = try Tool.goaccess.start([
            "--no-global-config", "--no-progress", "-p", Self.file("goaccess.conf"), folder.log, "-o", report,
        ])
        #expect(try goaccess.waitForExit() == 0, "\(goaccess.errors.text)")
        let json = try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: report))))
        // What was no HTTP and what was dropped have neither method nor path.
        #expect(json["general"]?["valid_requests"] == 10)
        #expect(json["general"]?["failed_requests"] == 2)
        func hits(_ panel: String) -> [String: Double] {
            guard case .array(let rows)? = json[panel]?["data"] else { return [:] }
            let counts: [(String, Double)] = rows.compactMap { row in
                guard let name = row["data"]?.string, case .number(let count)? = row["hits"]?["count"] else {
                    return nil
                }
                return (name, count)
            }
            return Dictionary(counts, uniquingKeysWith: +)
        }
        #expect(hits("requests") == ["/v1/track": 9, "/v1/contacts": 1])
        #expect(hits("hosts") == ["127.0.0.1": 10])
        #expect(hits("status_codes") == ["2xx Success": 6, "4xx Client Errors": 4])
    }
}
