import Foundation
import Synchronization

/// An upstream on a loopback port that does what a test tells it to, however wrong. Each connection has a thread; all of
/// them end with the client's connections, at the latest after a minute.
final class ScriptedServer: Sendable {
    /// What happens after a request has been read.
    enum Step: Sendable {
        case answer(String)
        /// The answer in two parts, the second only after the first has left.
        case answerInParts(String, String)
        case answerThenClose(String)
        case close
        case reset
        /// Reads on and says nothing.
        case stall
    }

    /// What happens on a connection without any request, when a test says so.
    enum Interruption: Sendable {
        case saying(String)
        case closing
    }

    struct Request: Sendable {
        var connection: Int
        var head: String
        var body = ""

        /// The value of a header field, by its exact name.
        func field(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    let port: UInt16
    private let listener: Int32
    private let script: [[Step]]
    private let received = Mutex<[Request]>([])
    /// The sockets of the connections that are open.
    private let connections = Mutex<[Int: Int32]>([:])

    /// - Parameter script: for each connection, in order, what to do with its requests, in order. After its last step a
    ///   connection stalls; after the last connection's script no other is accepted.
    init(_ script: [Step]...) throws {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Self.bound(listener)
        Thread.detachNewThread { [self] in accept() }
    }

    var requests: [Request] { received.withLock(\.self) }

    /// Does on a connection, which waits for a request, what nobody asked for.
    func interrupt(_ connection: Int, by interruption: Interruption) {
        connections.withLock { connections in
            guard let socket = connections[connection] else { return }
            switch interruption {
            case .saying(let text): Self.write(socket, text)
            case .closing: shutdown(socket, Int32(SHUT_RDWR))
            }
        }
    }

    private func accept() {
        for (index, steps) in script.enumerated() {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { break }
            Self.bound(connection)
            connections.withLock { $0[index] = connection }
            Thread.detachNewThread { [self] in
                serve(connection, index, steps)
                connections.withLock { connections in
                    connections[index] = nil
                    Glibc.close(connection)
                }
            }
        }
        Glibc.close(listener)
    }

    private func serve(_ connection: Int32, _ index: Int, _ steps: [Step]) {
        for step in steps {
            guard let request = Self.read(connection, index) else { return }
            received.withLock { $0.append(request) }
            switch step {
            case .answer(let text): Self.write(connection, text)
            case .answerInParts(let first, let second):
                Self.write(connection, first)
                Self.write(connection, second)
            case .answerThenClose(let text): return Self.write(connection, text)
            case .close: return
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
                return
            case .stall: break
            }
        }
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }

    /// One request: the head and as much of a body as Content-Length says.
    private static func read(_ connection: Int32, _ index: Int) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        var request: Request?
        var length = 0
        while true {
            if request == nil, let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) {
                let head = Request(connection: index, head: String(decoding: bytes[..<end.lowerBound], as: UTF8.self))
                length = head.field("Content-Length").flatMap { Int($0) } ?? 0
                bytes.removeFirst(end.upperBound)
                request = head
            }
            if var request, bytes.count >= length {
                request.body = String(decoding: bytes, as: UTF8.self)
                return request
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    private static func write(_ connection: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// No call on the socket takes longer than a minute.
    private static func bound(_ socket: Int32) {
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var isOn: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }
}

extension String {
    /// A usual answer of Plunk's.
    static let recorded = answer(#"{"success":true}"#)

    static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json; charset=utf-8\r\n\(fields)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
