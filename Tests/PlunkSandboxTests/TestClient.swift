import Glibc

/// A connection over which tests speak HTTP/1.1 byte by byte. Blocking, but never for longer than five seconds.
final class TestClient {
    struct Failure: Error {
        var step: String
        var code: Int32
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(step: "socket", code: errno) }
        var timeout = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(step: "connect", code: errno) }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(step: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Whether the other side closes before it sends anything.
    func isClosed() throws -> Bool { try !fill() }

    /// The next answer, whole.
    func receive() throws -> TestResponse {
        var end = TestResponse.endOfHead(in: buffer)
        while end == nil {
            guard try fill() else { throw Failure(step: "answer", code: 0) }
            end = TestResponse.endOfHead(in: buffer)
        }
        var response = TestResponse(head: Array(buffer[..<(end ?? 0)]))
        buffer.removeFirst(end ?? 0)
        let length = response["content-length"].flatMap { Int($0) } ?? 0
        while buffer.count < length {
            guard try fill() else { throw Failure(step: "body", code: 0) }
        }
        response.body = String(decoding: buffer.prefix(length), as: UTF8.self)
        buffer.removeFirst(length)
        return response
    }

    /// False at the end of the stream.
    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw Failure(step: "receive", code: errno) }
        buffer += chunk.prefix(count)
        return count > 0
    }
}

/// An answer as it came over the wire.
struct TestResponse {
    var status: Int
    private var fields: [(name: String, value: String)]
    var body = ""

    init(head: [UInt8]) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), String(parts.last ?? "").trimming())
        }
    }

    /// The value of a field, by its name in lower case.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The body with what differs from run to run replaced: UUIDs and times.
    var maskedBody: String {
        body.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/, with: "UUID")
            .replacing(/20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z/, with: "TIME")
    }

    static func endOfHead(in bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= end.count else { return nil }
        return (0...bytes.count - end.count).first { bytes[$0..<$0 + end.count].elementsEqual(end) }
            .map { $0 + end.count }
    }
}

extension String {
    fileprivate func trimming() -> String { String(drop { $0 == " " }) }
}

/// A request as tests write it.
struct TestRequest: Sendable {
    var method = "POST"
    var target = "/v1/track"
    var fields: [(String, String)] = []
    var body = ""

    static let valid = #"{"event":"signed_up","email":"ada@example.com"}"#

    /// A request that the sandbox takes, but for what is given.
    static func track(
        key: String? = "pk_test", fields: [(String, String)] = [], body: String = valid,
        type: String? = "application/json"
    ) -> TestRequest {
        var all = fields
        if let key { all.append(("Authorization", "Bearer \(key)")) }
        if let type { all.append(("Content-Type", type)) }
        return TestRequest(fields: all, body: body)
    }

    var bytes: [UInt8] {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\n\r\n"
        return Array(text.utf8) + Array(body.utf8)
    }
}
