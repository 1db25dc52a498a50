import EdgeTestSupport
import Glibc
import Testing

/// An edge whose configuration changes while it runs, and the upstream behind it. One thread.
final class ReloadStage {
    let upstream: RecordingUpstream
    let edge: EdgeProcess
    var scene: Scene { Scene(edge: edge, upstream: upstream) }
    private let standard: JSONValue
    /// Lines of what the edge says that have been looked at.
    private var seen = 0

    /// - Parameter changes: to the configuration of every edge of the tests, now and after each reload.
    init(_ changes: JSONValue = [:], folder: TemporaryFolder? = nil) throws {
        upstream = try RecordingUpstream()
        standard = EdgeProcess.configuration(upstream: upstream.port, changes)
        edge = try EdgeProcess(upstream: upstream.port, changes, folder: folder)
    }

    func write(_ changes: JSONValue) throws { try write(standard.merging(changes).encoded()) }

    /// Puts it in the place of the old one, by rename: who reads meanwhile reads one of them.
    func write(_ file: [UInt8]) throws {
        let new = try edge.folder.write("new.json", file)
        guard rename(new, "\(edge.folder.path)/config.json") == 0 else { throw Overdue("rename: \(errno)") }
    }

    /// Makes the edge read its file again, and waits for what it says of it.
    ///
    /// - Returns: the first line of that.
    @discardableResult
    func hangUp() throws -> String {
        edge.process.send(SIGHUP)
        return try nextLine("result") { $0.contains("configuration reloaded") || $0.contains("not reloaded") }
    }

    /// Gives the edge another configuration, which it has to take over.
    func reload(_ changes: JSONValue = [:], _ location: SourceLocation = #_sourceLocation) throws {
        try write(changes)
        let result = try hangUp()
        #expect(result.contains("configuration reloaded (generation "), "\(result)", sourceLocation: location)
    }

    /// The next line of those that the edge says from now on.
    func nextLine(_ what: String, where isMeant: (Substring) -> Bool) throws -> String {
        var number = 0
        return try edge.process.errors.waitForLine(what) { line in
            number += 1
            guard number > seen, isMeant(line) else { return nil }
            seen = number
            return String(line)
        }
    }

    /// Where the edge listens in addition, by what it said last.
    func addedPort() throws -> UInt16 {
        let line = try nextLine("address") { $0.contains("now listening on") }
        return try #require(line.firstMatch(of: /:\/\/[^ ]+:(\d+)/).flatMap { UInt16($0.1) }, "\(line)")
    }
}
