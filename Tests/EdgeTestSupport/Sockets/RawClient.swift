import Glibc

/// One connection to the edge: whatever bytes a test wants to send, and a strict reader of what comes back. One thread.
package final class RawClient {
    private let socket: Socket
    /// How long one operation may take.
    private let patience: Duration
    /// Received and not yet read.
    private var received: [UInt8] = []

    /// - Parameter source: the last part of the address of 127.0.0.0/24 that it comes from.
    package init(
        port: UInt16, from source: UInt8 = 1, receiveBuffer: Int32? = nil, patience: Duration = .seconds(20)
    ) throws {
        socket = try .connect(toPort: port, from: source, receiveBuffer: receiveBuffer)
        self.patience = patience * SanitizerCost.time
    }

    package init(unixPath: String, patience: Duration = .seconds(20)) throws {
        (socket, self.patience) = (try .connect(toUnixPath: unixPath), patience * SanitizerCost.time)
    }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws { try socket.send(bytes, until: .now + patience) }

    package func halfClose() { socket.halfClose() }

    /// Ends the connection by RST at once.
    package func reset() { socket.reset() }

    /// Reads one response, a 1xx too; throws where it is not exactly as RFC 9112 wants it, late or cut off.
    package func response() throws -> HTTPResponse {
        let deadline = ContinuousClock.now + patience
        while true {
            if let (response, length) = try HTTPResponse.parse(received) {
                received.removeFirst(length)
                return response
            }
            let bytes = try socket.receive(until: deadline)
            if bytes.isEmpty { throw HTTPResponse.Violation("the connection ended inside a response", received) }
            received += bytes
        }
    }

    /// Everything up to these bytes, them included, and what came with them.
    package func read(until end: String) throws -> String {
        let deadline = ContinuousClock.now + patience
        defer { received = [] }
        while !String(decoding: received, as: UTF8.self).contains(end) {
            let bytes = try socket.receive(until: deadline)
            if bytes.isEmpty { throw HTTPResponse.Violation("the connection ended before \(end)", received) }
            received += bytes
        }
        return String(decoding: received, as: UTF8.self)
    }

    /// Everything up to the end of the connection, a reset included.
    package func readToEnd() throws -> [UInt8] {
        let deadline = ContinuousClock.now + patience
        defer { received = [] }
        while true {
            do {
                let bytes = try socket.receive(until: deadline)
                if bytes.isEmpty { return received }
                received += bytes
            } catch Socket.Failure.reset {
                return received
            }
        }
    }

    /// Takes what has come, as slowly as a client may.
    ///
    /// - Returns: how many bytes; 0 at the end of the connection, a reset included.
    package func read(atMost count: Int, after pause: Duration) throws -> Int {
        poll(nil, 0, CInt(pause / .milliseconds(1)))
        do {
            return try socket.receive(atMost: count, until: .now + patience).count
        } catch Socket.Failure.reset {
            return 0
        }
    }

    /// Whether the peer stays silent and keeps the connection for this long.
    package func staysOpen(for span: Duration) throws -> Bool {
        guard received.isEmpty else { return false }
        do {
            received += try socket.receive(until: .now + span)
            return false
        } catch Socket.Failure.timedOut {
            return true
        } catch Socket.Failure.reset {
            return false
        }
    }
}
