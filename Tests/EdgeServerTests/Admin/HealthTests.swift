import EdgeCore
import EdgeRecords
import EdgeTestSupport
import EdgeUpstream
import Glibc
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import EdgeServer

/// When an edge is not live and when it is not ready.
@Suite struct HealthTests {
    private static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test("A loop may be at work for ten seconds; then the process is not live")
    func liveness() {
        #expect(AdminServices.complaint(silentSince: nil, now: Self.at(100)) == nil)
        #expect(AdminServices.complaint(silentSince: Self.at(91), now: Self.at(100)) == nil)
        #expect(
            AdminServices.complaint(silentSince: Self.at(88), now: Self.at(100))
                == "an event loop has not turned for 12 s")
    }

    @Test(
        "Plunk may fail for half a minute; then the edge is not ready, until it has not been tried for a minute",
        arguments: [
            (lastFailure: 0, now: 29, isReady: true), (0, 30, false), (0, 59, false), (0, 60, true),
            (100, 101, false), (100, 159, false), (100, 160, true),
        ] as [(Int64, Int64, Bool)])
    func readiness(lastFailure: Int64, now: Int64, isReady: Bool) throws {
        let outage = try #require(Self.outage(lastFailure: lastFailure))
        let complaint = AdminServices.complaint(of: outage, cause: "Connection refused", now: Self.at(now))
        #expect(complaint == (isReady ? nil : "no answer from Plunk for \(now) s: Connection refused"))
        let without = AdminServices.complaint(of: outage, cause: nil, now: Self.at(now))
        #expect(without == (isReady ? nil : "no answer from Plunk for \(now) s"))
    }

    private static func outage(lastFailure: Int64) -> UpstreamReading.Outage? {
        UpstreamReading.Outage(since: at(0), lastFailure: at(lastFailure))
    }

    @Test("A loop that does not turn keeps nobody waiting, counts with what it said last, and is told by its silence")
    func silentLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let own = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let settings = EdgeSettings(policy: .withoutKeys)
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let log = try AccessLogWriter(.descriptor(null)) { _ in }
        let loops = try await EventLoopServices(
            on: group, snapshot: Snapshot(settings),
            shared: SharedServices(settings: settings, eventLoops: 2, logger: Logger(label: "test")), log: log)
        let loop = own.next()
        let readings = try await loop.submit {
            NIOLoopBound(LoopReadings(eventLoop: loop, loops: loops), eventLoop: loop)
        }.get()
        /// Counts of one round, and whether a loop was silent in it.
        @Sendable func round() async throws -> (loops: Int, preflights: UInt64, isSilent: Bool) {
            let promise = loop.makePromise(of: (Int, UInt64, Bool).self)
            loop.execute {
                readings.value.refresh {
                    let all = readings.value.all
                    let sum = LoopReading(summing: all).metrics.requests(.preflight, .preflight)
                    promise.succeed((all.count, sum, readings.value.silentSince != nil))
                }
            }
            return try await promise.futureResult.get()
        }
        await loops.forEach { $0.metrics.requestEnded(.preflight, .preflight, microseconds: 1) }
        #expect(try await round() == (2, 2, false))

        let gate = Monitor(false)
        loops.ask(0) { _ in _ = gate.wait(atMost: .seconds(60)) { $0 ? true : nil } }
        loops.ask(1) { $0.metrics.requestEnded(.preflight, .preflight, microseconds: 1) }
        #expect(try await round() == (2, 3, true), "the silent one still counts")
        #expect(try await round() == (2, 3, true), "and is not asked twice")
        gate.withLock { $0 = true }
        await loops.forEach { _ in }
        #expect(try await round() == (2, 3, false))

        await loops.forEach { $0.stop() }
        try await group.shutdownGracefully()
        try await own.shutdownGracefully()
        #expect(log.stop(within: .seconds(2)))
    }
}
