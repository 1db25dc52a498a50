import EdgeCore
import Logging
import Synchronization
import Testing

@testable import EdgeServer

@Suite struct UpstreamTroubleTests {
    private static let refused = "Couldn't connect to server: Connection refused"
    private static let unresolved = "Couldn't resolve host name"

    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    @Test("The operator is warned at once, in the words of the cause")
    func words() {
        let log = OperatorLog()
        UpstreamTrouble(logger: log.logger).noticed(Self.refused, now: at(0))
        #expect(log.lines == ["warning: no connection to Plunk: Couldn't connect to server: Connection refused"])
    }

    @Test("That Plunk answers again is told once, and only after it was told that it did not")
    func answered() {
        let log = OperatorLog()
        let trouble = UpstreamTrouble(logger: log.logger)
        trouble.answered()
        #expect(log.lines.isEmpty)
        trouble.noticed(Self.refused, now: at(0))
        for _ in 0..<3 { trouble.answered() }
        #expect(log.lines.dropFirst() == ["notice: Plunk answers again"])
        // Not told, so there is nothing to take back.
        trouble.noticed(Self.refused, now: at(1))
        trouble.answered()
        #expect(log.lines.count == 2)
        trouble.noticed(Self.refused, now: at(10))
        trouble.answered()
        #expect(log.lines.count == 4)
    }

    @Test("The next warning comes after ten seconds at the earliest, and tells what the cause is by then")
    func interval() {
        let log = OperatorLog()
        let trouble = UpstreamTrouble(logger: log.logger)
        for seconds in [100, 100, 105, 109.999] { trouble.noticed(Self.refused, now: at(seconds)) }
        trouble.noticed(Self.unresolved, now: at(109.999))
        #expect(log.lines.count == 1)
        trouble.noticed(Self.unresolved, now: at(110))
        #expect(log.lines.last == "warning: no connection to Plunk: Couldn't resolve host name")
        #expect(log.lines.count == 2)
        // Ten seconds from the last warning, not from the last failure.
        for seconds in [111, 119.999] { trouble.noticed(Self.refused, now: at(seconds)) }
        #expect(log.lines.count == 2)
        trouble.noticed(Self.refused, now: at(120))
        #expect(log.lines.count == 3)
        trouble.noticed(Self.refused, now: at(1_000))
        #expect(log.lines.count == 4)
    }
}

/// What an operator would have been told.
private final class OperatorLog: Sendable {
    private let told = Mutex<[String]>([])

    var lines: [String] { told.withLock(\.self) }
    var logger: Logger { Logger(label: "tests") { _ in Handler(target: self) } }

    private struct Handler: LogHandler {
        let target: OperatorLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.notice

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { target.told.withLock { $0.append("\(event.level): \(event.message)") } }
    }
}
