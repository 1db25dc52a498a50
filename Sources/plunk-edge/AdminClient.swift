import EdgeCore
import EdgeRecords
import EdgeSystem
import Glibc

/// Asks the admin listener of a running edge, with one blocking request of HTTP/1.0 over a socket of its own.
struct AdminClient {
    struct Answer {
        var status: Int
        var body: String
    }

    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether nobody could be asked.
        var isUnreached = false
    }

    /// More than this is no answer of an edge's (bytes).
    private static let maximumSize = 4 * 1024 * 1024

    let address: ListenAddress

    /// - Parameters:
    ///   - path: `/readyz`.
    ///   - span: how long all of it may take.
    func get(_ path: String, within span: Instant.Span = .seconds(2)) throws(Failure) -> Answer {
        let deadline = Instant.now.advanced(by: span)
        let descriptor = try connect(until: deadline)
        defer { close(descriptor) }
        let host = if case .tcp = address { "\(address)" } else { "localhost" }
        try send(Array("GET \(path) HTTP/1.0\r\nHost: \(host)\r\n\r\n".utf8), on: descriptor, until: deadline)
        return try answer(in: receive(on: descriptor, until: deadline))
    }

    // MARK: Connecting

    private func connect(until deadline: Instant) throws(Failure) -> Int32 {
        switch address {
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
                throw failure("the path is too long for a socket")
            }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return try withUnsafeBytes(of: &address) { (bytes) throws(Failure) in
                try connect(AF_UNIX, bytes, until: deadline)
            }
        case .tcp(let host, let port):
            guard port != 0 else {
                throw failure("the system picks this port at each start; name the one it picked")
            }
            // Nobody can be reached at "every address"; this machine can.
            let host = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var found: UnsafeMutablePointer<addrinfo>?
            let status = getaddrinfo(host, String(port), &hints, &found)
            guard status == 0, let first = found else { throw failure(String(cString: gai_strerror(status))) }
            defer { freeaddrinfo(first) }
            var last = failure("the name has no address")
            for entry in sequence(first: first, next: { $0.pointee.ai_next }) {
                let bytes = UnsafeRawBufferPointer(
                    start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
                do throws(Failure) {
                    return try connect(entry.pointee.ai_family, bytes, until: deadline)
                } catch {
                    last = error
                }
            }
            throw last
        }
    }

    private func connect(
        _ family: Int32, _ address: UnsafeRawBufferPointer, until deadline: Instant
    ) throws(Failure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
        do throws(Failure) {
            let target = address.assumingMemoryBound(to: sockaddr.self)
            if Glibc.connect(descriptor, target.baseAddress, socklen_t(address.count)) != 0 {
                guard errno == EINPROGRESS else { throw failure(String(cString: strerror(errno))) }
                try wait(for: POLLOUT, on: descriptor, until: deadline)
                var (code, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
                guard code == 0 else { throw failure(String(cString: strerror(code))) }
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    // MARK: Talking

    private func send(_ bytes: [UInt8], on descriptor: Int32, until deadline: Instant) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT, on: descriptor, until: deadline)
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 || errno == EAGAIN else { throw failure(String(cString: strerror(errno))) }
            sent += max(0, count)
        }
    }

    private func receive(on descriptor: Int32, until deadline: Instant) throws(Failure) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while received.count <= Self.maximumSize {
            try wait(for: POLLIN, on: descriptor, until: deadline)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return received }
            guard count > 0 || errno == EAGAIN else { throw failure(String(cString: strerror(errno))) }
            received += buffer.prefix(max(0, count))
        }
        throw failure("the answer is too long for an edge's")
    }

    private func wait(for events: Int32, on descriptor: Int32, until deadline: Instant) throws(Failure) {
        while true {
            let rest = deadline.nanoseconds(since: Instant.now) / 1_000_000
            guard rest > 0 else { throw failure("it does not answer in time") }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if poll(&entry, 1, Int32(clamping: rest)) > 0 { return }
        }
    }

    /// The body is what follows the head up to the connection's end.
    private func answer(in bytes: [UInt8]) throws(Failure) -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard parts.count == 2, words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw stranger
        }
        return Answer(status: status, body: String(parts[1]))
    }

    /// What answers is something else.
    var stranger: Failure { Failure(description: "what answers on \(address) is not the admin listener of an edge") }

    private func failure(_ cause: String) -> Failure {
        Failure(description: "the admin listener on \(address) cannot be asked: \(cause)", isUnreached: true)
    }
}
