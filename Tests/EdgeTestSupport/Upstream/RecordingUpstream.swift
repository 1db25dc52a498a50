import Foundation

/// An upstream on threads of its own that keeps every byte it receives and answers by a script. Any thread. Ends with
/// its last reference.
package final class RecordingUpstream: Sendable {
    package typealias Script = @Sendable (RecordedRequest) -> [UpstreamStep]

    private struct State {
        var script: Script
        /// Sent on every connection before anything is read.
        var greeting: [UInt8] = []
        var requests: [RecordedRequest] = []
        /// Every byte that came, connection by connection.
        var bytes: [[UInt8]] = []
        /// Those still open.
        var connections: [Int: Socket] = [:]
        var isStopped = false
    }

    package let port: UInt16
    /// What the default script has recorded.
    package let ledger: PlunkLedger
    private let listener: Socket
    private let state: Monitor<State>

    /// Answers like Plunk, until ``script`` says otherwise.
    ///
    /// - Parameter connections: how many are accepted; behind the last one nobody listens.
    package init(connections: Int = .max) throws {
        (listener, port) = try Socket.listen()
        let ledger = PlunkLedger()
        self.ledger = ledger
        state = Monitor(State(script: { [ledger.answer($0)] }))
        Thread.detachNewThread { [listener, state] in
            while let socket = listener.accept() {
                let number = state.withLock { state -> Int? in
                    guard !state.isStopped else { return nil }
                    state.bytes.append([])
                    state.connections[state.bytes.count - 1] = socket
                    return state.bytes.count - 1
                }
                guard let number else { return }
                Thread.detachNewThread { Self.serve(socket, number: number, state: state) }
                if number + 1 >= connections { return listener.shutDown() }
            }
        }
    }

    deinit { stop() }

    /// What happens after each request from now on.
    package func perform(_ script: @escaping Script) { state.withLock { $0.script = script } }

    /// Answers like Plunk again.
    package func answerLikePlunk() { perform { [ledger] in [ledger.answer($0)] } }

    /// Speaks first on every connection from now on, as servers of other protocols do.
    package func greet(_ text: String) { state.withLock { $0.greeting = Array(text.utf8) } }

    package var requests: [RecordedRequest] { state.withLock(\.requests) }

    package var connectionCount: Int { state.withLock(\.bytes.count) }

    /// Every byte that came, connection by connection.
    package var bytes: [[UInt8]] { state.withLock(\.bytes) }

    /// Waits until at least `count` requests have come in all.
    @discardableResult
    package func waitForRequests(_ count: Int) throws -> [RecordedRequest] {
        guard let requests = state.wait(for: { $0.requests.count >= count ? $0.requests : nil }) else {
            throw Overdue("\(count) requests at the upstream; there are \(requests.count)")
        }
        return requests
    }

    /// Says on a connection what nobody has asked for.
    package func say(_ text: String, on connection: Int) {
        let socket = state.withLock { $0.connections[connection] }
        try? socket?.send(Array(text.utf8), until: .now + .seconds(5) * SanitizerCost.time)
    }

    /// Ends every connection by FIN, as a server does whose idle time is over.
    package func closeConnections() {
        for connection in state.withLock(\.connections).values { connection.shutDown() }
    }

    package func stop() {
        state.withLock { $0.isStopped = true }
        listener.shutDown()
        closeConnections()
    }

    private static func serve(_ socket: Socket, number: Int, state: Monitor<State>) {
        defer {
            socket.shutDown()
            state.withLock { $0.connections[number] = nil }
        }
        let greeting = state.withLock(\.greeting)
        guard (try? socket.send(greeting, until: .now + .seconds(5) * SanitizerCost.time)) != nil else { return }
        var received: [UInt8] = []
        var index = 0
        while let bytes = try? socket.receive(until: .now + .seconds(120)), !bytes.isEmpty {
            received += bytes
            state.withLock { $0.bytes[number] += bytes }
            while let (request, length) = RecordedRequest.parse(received, connection: number, index: index) {
                received.removeFirst(length)
                index += 1
                let script = state.withLock { state in
                    state.requests.append(request)
                    return state.script
                }
                guard perform(script(request), on: socket) else { return }
            }
        }
    }

    /// - Returns: whether the connection goes on.
    private static func perform(_ steps: [UpstreamStep], on socket: Socket) -> Bool {
        for step in steps {
            switch step {
            case .send(let bytes):
                let deadline = ContinuousClock.now + .seconds(20) * SanitizerCost.time
                guard (try? socket.send(bytes, until: deadline)) != nil else { return false }
            case .drip(let bytes, let pause):
                for byte in bytes {
                    guard (try? socket.send([byte], until: .now + .seconds(20) * SanitizerCost.time)) != nil else {
                        return false
                    }
                    // A connection on which nothing comes is a clock.
                    do { if try socket.receive(until: .now + pause).isEmpty { return false } } catch Socket.Failure
                        .timedOut
                    {} catch { return false }
                }
            case .wait(let gate):
                guard gate.wait() else { return false }
            case .close:
                return false
            case .reset:
                socket.reset()
                return false
            case .stall:
                while let bytes = try? socket.receive(until: .now + .seconds(60)), !bytes.isEmpty {}
                return false
            }
        }
        return true
    }
}
