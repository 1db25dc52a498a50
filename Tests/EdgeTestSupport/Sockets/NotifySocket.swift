import Foundation
import Glibc

/// The end of a service manager: a datagram socket that keeps what it is told (sd_notify(3)). Any thread. Closed with its
/// last reference.
package final class NotifySocket: Sendable {
    /// What a process finds in `NOTIFY_SOCKET`.
    package let address: String
    private let descriptor: Int32
    private let messages = Monitor<[String]>([])

    /// - Parameter address: a path, or a name of the abstract namespace that begins with `@`.
    package init(_ address: String) throws {
        self.address = address
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else { throw Overdue("\(address) is too long") }
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let isBound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
        guard isBound else { throw Overdue("bind \(address): \(String(cString: strerror(errno)))") }
        Thread.detachNewThread { [descriptor, messages] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                let message = String(decoding: buffer.prefix(count), as: UTF8.self)
                messages.withLock { $0.append(message) }
            }
            close(descriptor)
        }
    }

    deinit {
        // The thread wakes up and closes it.
        shutdown(descriptor, Int32(SHUT_RDWR))
        if address.hasPrefix("/") { unlink(address) }
    }

    package var received: [String] { messages.withLock(\.self) }

    /// Waits until `match` finds something in what has come.
    package func wait<Found>(_ what: String, for match: ([String]) -> Found?) throws -> Found {
        guard let found = messages.wait(for: match) else { throw Overdue("no \(what) in \(received)") }
        return found
    }
}
