import EdgeCore
import EdgeTestSupport
@testable import EdgeUpstream
import Glibc
import NIOCore
import NIOPosix

/// A client on an event loop of its own, for tests that talk to real sockets.
final class Harness: Sendable {
    /// It ends with the process, so all tests share it.
    static let readiness = ReadinessThread()

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let client: NIOLoopBound<UpstreamClient>

    enum Failure: Error { case noDescriptors, noConnection, nothingCame }

    private init(_ settings: UpstreamSettings) async throws {
        guard let thread = Self.readiness else { throw Failure.noDescriptors }
        let upstream = try Upstream(settings: settings, eventLoops: 1, readiness: thread)
        let eventLoop = group.next()
        client = try await eventLoop.submit {
            guard let client = UpstreamClient(upstream: upstream, eventLoop: eventLoop) else {
                throw Failure.noDescriptors
            }
            return NIOLoopBound(client, eventLoop: eventLoop)
        }.get()
    }

    /// Gives a client to `body` and takes everything down after it.
    static func with(
        port: UInt16, scheme: UpstreamSettings.Origin.Scheme = .http, host: String = "127.0.0.1",
        _ configure: (inout UpstreamSettings) -> Void = { _ in }, _ body: (Harness) async throws -> Void
    ) async throws {
        var settings = UpstreamSettings(origin: .init(scheme: scheme, host: host, port: port, pathPrefix: ""))
        settings.totalTimeout = .seconds(8)
        configure(&settings)
        let harness = try await Harness(settings)
        var problem: (any Error)?
        do { try await body(harness) } catch { problem = error }
        try await harness.onLoop { $0.shutdown() }
        try await harness.group.shutdownGracefully()
        if let problem { throw problem }
    }

    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (UpstreamClient) throws -> Value) async throws -> Value {
        try await client.eventLoop.submit { [client] in try body(client.value) }.get()
    }

    func send(_ request: UpstreamRequest = .sample()) async throws -> UpstreamResult {
        try await start(request).get()
    }

    /// Sends equal requests in one turn of the event loop.
    func sendTogether(_ count: Int) async throws -> [UpstreamResult] {
        try await onLoop { client in
            let promises = (0..<count).map { _ in client.eventLoop.makePromise(of: UpstreamResult.self) }
            for promise in promises { client.send(.sample()) { promise.succeed($0) } }
            return EventLoopFuture.whenAllSucceed(promises.map(\.futureResult), on: client.eventLoop)
        }.get()
    }

    /// Sends a request in the turn of the event loop in which something happens on the one connection, which is idle: it
    /// has come to the socket, but the loop has not heard of it.
    func send(_ request: UpstreamRequest, rightAfter happening: @escaping @Sendable () -> Void) async throws
        -> UpstreamResult
    {
        try await onLoop { client in
            guard let socket = client.table.connections.first?.transport.socket else { throw Failure.noConnection }
            happening()
            var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 10_000) == 1 else { throw Failure.nothingCame }
            let promise = client.eventLoop.makePromise(of: UpstreamResult.self)
            client.send(request) { promise.succeed($0) }
            return promise.futureResult
        }.get()
    }

    /// Waits until something holds of the client.
    ///
    /// - Returns: whether that was soon. It is looked at once more behind the end of that time: a test can stand still for
    ///   longer between two looks.
    func soon(_ holds: @escaping @Sendable (UpstreamClient) -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(5) * SanitizerCost.time
        while true {
            let isLast = ContinuousClock.now >= deadline
            if try await onLoop(holds) { return true }
            if isLast { return false }
            await Task.yield()
        }
    }

    /// Waits until no connection is left.
    ///
    /// - Returns: whether that was soon.
    func losesConnections() async throws -> Bool { try await soon { $0.table.connections.isEmpty } }

    /// - Returns: once the request has been taken; the result comes later.
    func start(_ request: UpstreamRequest = .sample(), cancelled: Bool = false) async throws
        -> EventLoopFuture<UpstreamResult>
    {
        let promise = client.eventLoop.makePromise(of: UpstreamResult.self)
        try await onLoop { client in
            let call = client.send(request) { promise.succeed($0) }
            if cancelled { call.cancel() }
        }
        return promise.futureResult
    }
}

extension UpstreamRequest {
    static func sample(idempotencyKey: String? = "key-1", body: String = #"{"event":"a","email":"b@c.d"}"#) -> Self {
        UpstreamRequest(
            key: Array("pk_abc".utf8)[...], body: Array(body.utf8), userAgent: Array("tests".utf8)[...],
            requestID: Identifier(given: Array("request-1".utf8)[...]),
            idempotencyKey: idempotencyKey.map { Identifier(given: Array($0.utf8)[...]) }
        )
    }
}

extension UpstreamResult {
    var status: Int? {
        guard case .answer(let answer, _) = self else { return nil }
        return answer.status
    }

    /// The answer's body.
    var text: String? {
        guard case .answer(let answer, _) = self else { return nil }
        return String(decoding: answer.body, as: UTF8.self)
    }

    var failure: UpstreamFailure? {
        guard case .failure(let failure, _) = self else { return nil }
        return failure
    }

    var trace: UpstreamTrace {
        switch self {
        case .answer(_, let trace), .failure(_, let trace): trace
        }
    }
}
