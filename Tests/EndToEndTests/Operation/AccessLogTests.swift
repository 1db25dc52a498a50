import EdgeTestSupport
import Foundation
import Testing

/// The access log as a file: what goes wrong with it costs log lines, never requests.
@Suite(.serialized) struct AccessLogTests {
    @Test("Each request is one line, whatever became of it")
    func oneLineEach() throws {
        let (scene, folder) = try start()
        let client = try scene.connect()
        for number in 0..<50 {
            try client.send(number % 2 == 0 ? ClientRequest.track().bytes : ClientRequest.track().without("Host").bytes)
            let response = try client.response()
            #expect(response.status == (number % 2 == 0 ? 200 : 400))
            if number % 2 == 1 { break }
        }
        let bad = try scene.connect()
        try bad.send("nonsense\r\n\r\n")
        _ = try bad.readToEnd()
        // Refused at its head; what is wrong with the body then is no second request.
        let refused = try scene.connect()
        try refused.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(try refused.response().status == 401)
        try refused.send("nonsense\r\n")
        _ = try refused.readToEnd()
        #expect(try scene.edge.terminate() == 0)
        let lines = String(decoding: try folder.read("access.log"), as: UTF8.self).split(separator: "\n")
        let records = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
        // Each event loop hands its records over by itself, so connections may change places.
        #expect(records.count == 4)
        #expect(records.count { $0["status"] == 400 } == 2)
        #expect(records.allSatisfy { $0["bytes_in"] != 0 })
        #expect(records.count { $0["status"] == 401 } == 1)
        #expect(Set(records.map { $0["request_id"] }).count == 4)
    }

    @Test("USR1 opens the file anew, so that it can be moved away")
    func reopen() throws {
        let (scene, folder) = try start()
        let first = try scene.exchange(.track())
        try scene.retry { try folder.read("access.log").count > 0 }
        try FileManager.default.moveItem(atPath: "\(folder.path)/access.log", toPath: "\(folder.path)/old.log")
        scene.edge.process.send(SIGUSR1)
        try scene.retry {
            FileManager.default.fileExists(atPath: "\(folder.path)/access.log")
        }
        let second = try scene.exchange(.track())
        #expect(try scene.edge.terminate() == 0)
        let (old, new) = (
            String(decoding: try folder.read("old.log"), as: UTF8.self),
            String(decoding: try folder.read("access.log"), as: UTF8.self)
        )
        #expect(old.contains(try #require(first["x-request-id"])))
        #expect(new.contains(try #require(second["x-request-id"])))
    }

    @Test("A folder that is gone costs no request")
    func removedFolder() throws {
        let (scene, folder) = try start()
        #expect(try scene.exchange(.track()).status == 200)
        try FileManager.default.removeItem(atPath: folder.path)
        scene.edge.process.send(SIGUSR1)
        for _ in 0..<20 { #expect(try scene.exchange(.track()).status == 200) }
        #expect(try scene.edge.terminate() == 0)
    }

    @Test("A disk that is full costs no request, and is said")
    func fullDisk() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(upstream: upstream.port, ["accessLog": ["path": "/dev/full"]])
        let scene = Scene(edge: edge, upstream: upstream)
        for _ in 0..<20 { #expect(try scene.exchange(.track()).status == 200) }
        _ = try edge.process.errors.waitForLine("warning") {
            $0.contains("access log") && $0.contains("warning") ? $0 : nil
        }
        #expect(try edge.terminate() == 0)
    }

    private func start() throws -> (Scene, TemporaryFolder) {
        let (upstream, folder) = (try RecordingUpstream(), try TemporaryFolder())
        let edge = try EdgeProcess(upstream: upstream.port, ["accessLog": ["path": "\(folder.path)/access.log"]])
        return (Scene(edge: edge, upstream: upstream), folder)
    }
}
