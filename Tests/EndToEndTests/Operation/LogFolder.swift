import EdgeTestSupport
import Foundation
import Testing

/// A folder with an access log and what rotation has made of it.
struct LogFolder {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/logs" }
    var log: String { "\(path)/access.log" }

    init() throws {
        folder = try TemporaryFolder()
        // Whatever the umask: logrotate does not trust a folder that others may write to.
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

    /// A file's text, unzipped where its name says so.
    func text(_ name: String) throws -> String {
        guard name.hasSuffix(".gz") else { return try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
        let gunzip = try Tool.gunzip.start(["--stdout", "\(path)/\(name)"])
        let text = try gunzip.output.waitForEnd()
        #expect(try gunzip.waitForExit() == 0, "\(gunzip.errors.text)")
        return text
    }

    /// The ids of all records of all files, each of which holds whole lines.
    func identifiers() throws -> [String] {
        try names.flatMap { name in
            let text = try text(name)
            #expect(text.isEmpty || text.hasSuffix("\n"), "\(name) ends inside a line")
            return try text.split(separator: "\n").map { line in
                let record = try? JSONValue(parsing: Array(line.utf8))
                return try #require(record?["request_id"]?.string, "\(name): \(line)")
            }
        }
    }

    /// Waits until the folder is as it should be.
    func wait(until condition: ([String]) throws -> Bool) throws { try FolderWatch.names(in: path, until: condition) }

    /// An edge that logs to here.
    ///
    /// - Parameter maximumSize: what the configuration says of it: text, or null.
    func start(_ upstream: RecordingUpstream, maximumSize: JSONValue) throws -> EdgeProcess {
        try EdgeProcess(
            upstream: upstream.port,
            ["accessLog": ["path": .string(log), "maxSize": maximumSize, "keep": 1000]], folder: folder)
    }

    /// Sends events over a few connections at once.
    func startLoad(_ edge: EdgeProcess, requests: Int) throws -> ChildProcess {
        let body = try folder.write("body.json", Array(#"{"event":"signup","email":"ada@example.com"}"#.utf8))
        return try Tool.loader.start(
            ["--h1", "--clients=4", "--requests=\(requests)", "--data=\(body)"] + SecureStage.fields
                + ["http://127.0.0.1:\(edge.port)/v1/track"])
    }
}

extension RecordingUpstream {
    /// The ids of all requests so far, sorted.
    var identifiers: [String] { requests.compactMap { $0["x-request-id"] }.sorted() }
}
