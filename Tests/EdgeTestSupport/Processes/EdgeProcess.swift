import Foundation
import Glibc

/// The real `plunk-edge serve`, on a port that the system picks, with its access log on stdout. Any thread. Ends with
/// its last reference.
package final class EdgeProcess: Sendable {
    package let folder: TemporaryFolder
    package let process: ChildProcess
    /// 0 where it listens on Unix domain sockets only.
    package let port: UInt16

    /// The binary, which the build puts beside the tests'.
    package static let binary: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("plunk-edge").path
    }()

    /// Runs any command of the binary.
    package static func run(_ arguments: String..., input: [UInt8] = [], environment: [String: String] = [:]) throws
        -> ChildProcess
    {
        try ChildProcess(binary, arguments, input: input, environment: environment)
    }

    /// Starts the edge and waits until it says that it listens.
    ///
    /// - Parameters:
    ///   - upstream: the port of 127.0.0.1 where Plunk is.
    ///   - changes: to a configuration that has a listener, this upstream, and no rate limit per client.
    package init(
        upstream: UInt16, _ changes: JSONValue = [:], folder: TemporaryFolder? = nil,
        environment: [String: String] = [:]
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let file = try folder.write("config.json", Self.configuration(upstream: upstream, changes).encoded())
        process = try EdgeProcess.run("serve", "--config", file, environment: environment)
        port = try process.errors.waitForLine("start-up line") { line in
            guard let start = line.firstRange(of: "listening on ")?.upperBound else { return nil }
            return line[start...].firstMatch(of: /https?:\/\/\S+:(\d+)/).flatMap { UInt16($0.1) } ?? 0
        }
    }

    deinit { process.stop() }

    /// What an edge is started with.
    package static func configuration(upstream: UInt16, _ changes: JSONValue) -> JSONValue {
        let configuration: JSONValue = [
            "listeners": [["address": "127.0.0.1:0"]],
            "upstream": ["url": "http://127.0.0.1:\(upstream)"],
            "limits": ["perClient": nil],
        ]
        return configuration.merging(changes)
    }

    /// The access record of the request with this id, once it is written.
    package func record(of requestID: String?) throws -> JSONValue {
        guard let requestID else { throw Overdue("no X-Request-ID to look for") }
        return try process.output.waitForLine("record of \(requestID)") { line in
            line.contains(requestID) ? try? JSONValue(parsing: Array(line.utf8)) : nil
        }
    }

    /// TERM, and the status with which the edge ends.
    package func terminate(atMost span: Duration = .seconds(20)) throws -> ChildProcess.Status {
        process.send(SIGTERM)
        return try process.waitForExit(atMost: span)
    }
}
