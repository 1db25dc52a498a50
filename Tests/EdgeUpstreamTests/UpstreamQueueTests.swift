import EdgeCore
import EdgeSystem
import EdgeTestSupport
import NIOCore
import Testing

@testable import EdgeUpstream

/// Requests that wait: for a connection, for an answer, for an upstream that is down.
@Suite struct UpstreamQueueTests {
    @Test("Requests beyond the connections wait their turn; those beyond inFlight are refused at once")
    func queue() async throws {
        let server = try ScriptedServer([.answer(.recorded), .answer(.recorded)])
        let configure = { (settings: inout UpstreamSettings) in
            settings.maximumConnections = 1
            settings.maximumInFlight = 2
        }
        try await Harness.with(port: server.port, configure) { client async throws in
            let results = try await client.sendTogether(3)
            #expect(results.map(\.status) == [200, 200, nil])
            #expect(results.last?.failure == .overloaded)
        }
        #expect(server.requests.map(\.connection) == [0, 0])
    }

    @Test("What waits too long for a connection fails in the queue, unsent")
    func queueTimeout() async throws {
        let server = try ScriptedServer([.stall])
        let configure = { (settings: inout UpstreamSettings) in
            settings.maximumConnections = 1
            settings.totalTimeout = .seconds(1)
        }
        try await Harness.with(port: server.port, configure) { client in
            let results = try await client.sendTogether(2)
            #expect(results.map(\.failure) == [.timeout(.total), .timeout(.queue)])
            #expect(results.map(\.trace.attempts) == [1, 0])
            #expect(results.map(\.trace.mayHaveBeenRecorded) == [true, false])
        }
    }

    @Test("A cancelled request that waits is dropped; one that was sent runs on")
    func cancel() async throws {
        let server = try ScriptedServer([.answer(.recorded), .answer(.recorded)])
        try await Harness.with(port: server.port, { $0.maximumConnections = 1 }) { client async throws in
            let waiting = try await client.start(cancelled: true)
            #expect(try await waiting.get().failure == .cancelled)
            #expect(try await client.send().status == 200)
            let sent = try await client.start(cancelled: true)
            #expect(try await sent.get().status == 200)
        }
        #expect(server.requests.count == 2)
    }

    @Test("A stall ends in a timeout that names its phase, and is not repeated", arguments: [true, false])
    func stall(_ isBeforeFirstByte: Bool) async throws {
        let step: ScriptedServer.Step = isBeforeFirstByte ? .stall : .answer("HTTP/1.1 200 OK\r\n")
        let server = try ScriptedServer([step], [.answer(.recorded)])
        let configure = { (settings: inout UpstreamSettings) in
            settings.firstByteTimeout = isBeforeFirstByte ? .seconds(1) : .seconds(30)
            settings.totalTimeout = isBeforeFirstByte ? .seconds(30) : .seconds(1)
        }
        try await Harness.with(port: server.port, configure) { client async throws in
            let result = try await client.send()
            #expect(result.failure == .timeout(isBeforeFirstByte ? .firstByte : .total))
            #expect(result.trace.mayHaveBeenRecorded)
        }
        #expect(server.requests.count == 1)
    }

    @Test("Who hears of a failure may cancel what fails with it: each has its result once")
    func cancelledByAnother() async throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        try await Harness.with(port: port, { $0.maximumConnections = 1 }) { client async throws in
            for _ in 1..<Breaker.threshold { #expect(try await client.send().failure == .connect) }
            let results = try await client.onLoop { client in
                let promises = (0..<3).map { _ in client.eventLoop.makePromise(of: UpstreamResult.self) }
                let calls = Calls()
                for (index, promise) in promises.enumerated() {
                    calls.all.append(
                        client.send(.sample()) { result in
                            promise.succeed(result)
                            if index == 1 { for call in calls.all { call.cancel() } }
                        })
                }
                return EventLoopFuture.whenAllSucceed(promises.map(\.futureResult), on: client.eventLoop)
            }.get()
            #expect(results.map(\.failure) == [.connect, .down(retryAfterSeconds: 5), .cancelled])
            #expect(try await client.onLoop { $0.reading.inFlight } == 0)
        }
    }

    private final class Calls { var all: [UpstreamCall] = [] }

    @Test("What finds out whether the upstream is back runs on, though nobody waits for it any more")
    func cancelledProbe() async throws {
        let server = try ScriptedServer([.answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            try await client.onLoop { client in
                let past = Instant.now.advanced(by: .seconds(-10))
                for _ in 0..<Breaker.threshold { _ = client.upstream.fail(past) }
                #expect(client.upstream.outage != nil)
            }
            let probe = try await client.start(cancelled: true)
            #expect(try await probe.get().status == 200)
            #expect(try await client.onLoop { $0.upstream.outage } == nil)
        }
    }

    @Test("What finds out whether the upstream is back does not fail with requests that began before the outage")
    func probeBesideOlder() async throws {
        let server = try ScriptedServer([.stall], [.answer(.recorded)])
        try await Harness.with(port: server.port) { client async throws in
            let older = try await client.start()
            // Else the probe would have the connection on which nothing is answered.
            #expect(try await client.soon { _ in server.requests.count == 1 })
            let probe = try await client.onLoop { client in
                let past = Instant.now.advanced(by: .seconds(-10))
                for _ in 0..<Breaker.threshold { _ = client.upstream.fail(past) }
                let promise = client.eventLoop.makePromise(of: UpstreamResult.self)
                client.send(.sample()) { promise.succeed($0) }
                // Before the loop has turned: the probe's connection is not there yet.
                if let older = client.calls.first { client.abandon(older, .timeout(.firstByte), .now) }
                return promise.futureResult
            }
            #expect(try await older.get().failure == .timeout(.firstByte))
            #expect(try await probe.get().status == 200)
            #expect(try await client.onLoop { $0.upstream.outage } == nil)
        }
    }

    @Test("When the breaker opens, requests that wait for a connection fail with it")
    func waitingWhenDown() async throws {
        let (reserved, port) = try Socket.reserve()
        defer { reserved.shutDown() }
        try await Harness.with(port: port, { $0.maximumConnections = 1 }) { client async throws in
            let failures = try await client.sendTogether(Breaker.threshold + 3).map(\.failure)
            #expect(failures.prefix(Breaker.threshold).allSatisfy { $0 == .connect })
            #expect(failures.dropFirst(Breaker.threshold).allSatisfy { $0 == .down(retryAfterSeconds: 5) })
        }
    }
}
