import EdgeTestSupport
import Foundation
import Testing

/// What a service manager is told.
@Suite struct ServiceManagerTests {
    private func edge(
        telling manager: NotifySocket, _ changes: JSONValue = [:], watchdog: [String: String] = [:]
    ) throws -> EdgeProcess {
        let environment = ["NOTIFY_SOCKET": manager.address].merging(watchdog) { $1 }
        return try EdgeProcess(upstream: 1, changes, environment: environment)
    }

    private func assignments(_ message: String) -> [Substring] { message.split(separator: "\n") }

    @Test("It hears of start, reload and stop, in this order and with what belongs to them", arguments: [true, false])
    func order(isAbstract: Bool) throws {
        let folder = try TemporaryFolder()
        let manager = try NotifySocket(isAbstract ? "@plunk-edge-test-\(UUID())" : "\(folder.path)/notify")
        let edge = try edge(telling: manager, ["shutdown": ["drain": "300ms", "delay": "200ms"]])
        let ready = try manager.wait("READY=1") { $0.first }
        #expect(
            assignments(ready) == ["READY=1", "STATUS=listening on http://127.0.0.1:\(edge.port); any public key"])
        edge.process.send(SIGHUP)
        let reload = try manager.wait("a reload") { $0.count >= 3 ? Array($0[1...]) : nil }
        #expect(reload[0].wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=[1-9]\d+\nSTATUS=[^\n]+/) != nil, "\(reload[0])")
        #expect(reload[1].hasPrefix("READY=1\nSTATUS=listening on "))
        #expect(try edge.terminate() == 0)
        let stop = try manager.wait("STOPPING=1") { $0.count >= 4 ? $0[3] : nil }
        #expect(assignments(stop).prefix(2) == ["STOPPING=1", "EXTEND_TIMEOUT_USEC=1500000"])
        #expect(manager.received.count == 4)
    }

    @Test("It hears that a reload was refused, until one is taken")
    func refusedReload() throws {
        let folder = try TemporaryFolder()
        let manager = try NotifySocket("\(folder.path)/notify")
        let edge = try edge(telling: manager)
        let configuration = try edge.folder.read("config.json")
        _ = try edge.folder.write("config.json", Array("{".utf8))
        edge.process.send(SIGHUP)
        let refused = try manager.wait("a reload") { $0.count >= 3 ? $0[2] : nil }
        #expect(refused.hasPrefix("READY=1\nSTATUS=listening on "))
        #expect(refused.hasSuffix("; the last reload was refused, the log says why"))
        _ = try edge.folder.write("config.json", configuration)
        edge.process.send(SIGHUP)
        let taken = try manager.wait("another reload") { $0.count >= 5 ? $0[4] : nil }
        #expect(taken == "READY=1\nSTATUS=listening on http://127.0.0.1:\(edge.port); any public key")
    }

    @Test("The journal hears how grave each line is, where it is the journal", arguments: [true, false])
    func journal(isIt: Bool) throws {
        let folder = try TemporaryFolder()
        // Whoever can come from elsewhere brings a warning, for keys go in clear text there.
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "0.0.0.0:0", upstream: 1).encoded())
        let stream = isIt ? "$(stat --dereference --format %d:%i /proc/self/fd/2)" : "1:1"
        let script = #"JOURNAL_STREAM=\#(stream) exec "$0" serve --config "$1""#
        let edge = try ChildProcess("/bin/sh", ["-c", script, EdgeProcess.binary, file])
        let warning = try edge.errors.waitForLine("a warning") { $0.contains("warning: ") ? $0 : nil }
        #expect(warning.hasPrefix(isIt ? "<4>plunk-edge: warning: " : "plunk-edge: warning: "), "\(warning)")
    }

    @Test("The watchdog hears again and again that the loops turn")
    func watchdog() throws {
        let folder = try TemporaryFolder()
        let manager = try NotifySocket("\(folder.path)/notify")
        let edge = try edge(telling: manager, watchdog: ["WATCHDOG_USEC": "200000"])
        func pings(_ messages: [String]) -> Int { messages.count { $0 == "WATCHDOG=1" } }
        _ = try manager.wait("three WATCHDOG=1") { pings($0) >= 3 ? true : nil }
        #expect(manager.received.first?.hasPrefix("READY=1") == true)
        #expect(try edge.terminate() == 0)
    }

    @Test("A watchdog that wants to hear too often costs no more than others, and asks no loop that has ended")
    func impatientWatchdog() throws {
        let folder = try TemporaryFolder()
        let manager = try NotifySocket("\(folder.path)/notify")
        let edge = try edge(telling: manager, watchdog: ["WATCHDOG_USEC": "1"])
        _ = try manager.wait("WATCHDOG=1") { $0.contains("WATCHDOG=1") ? true : nil }
        #expect(try edge.terminate() == 0)
        let errors = try edge.process.errors.waitForEnd()
        #expect(!errors.contains("Cannot schedule"), "\(errors)")
    }

    @Test("A watchdog of another process is not fed, and whose socket is none is said once")
    func others() throws {
        let folder = try TemporaryFolder()
        let manager = try NotifySocket("\(folder.path)/notify")
        let other = try edge(telling: manager, watchdog: ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"])
        #expect(try other.terminate() == 0)
        #expect(!manager.received.contains("WATCHDOG=1"))

        for address in ["\(folder.path)/nobody", "vsock:2:1234", ""] {
            let edge = try EdgeProcess(upstream: 1, environment: ["NOTIFY_SOCKET": address])
            edge.process.send(SIGHUP)
            _ = try edge.process.errors.waitForLine("reload") { $0.contains("configuration reloaded") ? true : nil }
            #expect(try edge.terminate() == 0)
            let text = try edge.process.errors.waitForEnd()
            let warnings = text.split(separator: "\n").filter { $0.contains("NOTIFY_SOCKET") }
            #expect(warnings.count == 1, "\(warnings)")
            #expect(warnings.first?.contains("warning: the service manager cannot be told how it goes") == true)
        }
    }
}
