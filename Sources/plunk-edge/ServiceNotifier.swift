import EdgeCore
import EdgeSystem
import Glibc
import Logging
import Synchronization

/// Tells the service manager how the process is doing: systemd's datagrams (sd_notify(3)), which others understand too.
/// Says nothing where nobody asked. Any thread but an event loop's: a message may wait for the manager.
final class ServiceNotifier: Sendable {
    private let channel: NotifyChannel?
    /// How often the manager wants to hear that the process lives; nil: it does not.
    private let watchdogInterval: Duration?
    private let logger: Logger
    private let hasFailed = Atomic(false)
    /// Whoever wants to hear more often would have the loops do little else.
    private static let shortestInterval = Duration.milliseconds(100)

    private init(channel: NotifyChannel?, watchdogInterval: Duration?, logger: Logger) {
        (self.channel, self.watchdogInterval, self.logger) = (channel, watchdogInterval, logger)
    }

    /// Takes what the environment says of the manager, and takes it out of there: it is meant for this process only. To be
    /// called once, before others read the environment.
    static func fromEnvironment(_ logger: Logger) -> ServiceNotifier {
        let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
        let values = variables.map { name in getenv(name).map { String(cString: $0) } }
        for name in variables { unsetenv(name) }
        guard let path = values[0] else { return ServiceNotifier(channel: nil, watchdogInterval: nil, logger: logger) }
        let isOurs = values[2].map { $0 == "\(getpid())" } ?? true
        let microseconds = values[1].flatMap(Int64.init).flatMap { $0 > 0 && isOurs ? $0 : nil }
        let channel = NotifyChannel(path)
        let notifier = ServiceNotifier(
            channel: channel, watchdogInterval: microseconds.map { max(.microseconds($0), shortestInterval) },
            logger: logger)
        if channel == nil { notifier.fail("\(path) is no socket's address") }
        return notifier
    }

    // MARK: What is said

    /// Everything listens, or the reload is over.
    ///
    /// - Parameter status: one line for `systemctl status`.
    func ready(_ status: String) { send(["READY=1", "STATUS=\(status)"]) }

    /// A reload begins; ``ready(_:)`` ends it, whatever came of it.
    func reloading() {
        let microseconds = Instant.now.nanoseconds / 1000
        send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)", "STATUS=reading the configuration again"])
    }

    /// The end begins.
    ///
    /// - Parameter span: how long it may take, whatever the unit's `TimeoutStopSec` says.
    func stopping(within span: Instant.Span) {
        // A second for what comes behind the drain.
        let microseconds = span.nanoseconds / 1000 + 1_000_000
        send([
            "STOPPING=1", "EXTEND_TIMEOUT_USEC=\(microseconds)", "STATUS=stopping after what is under way",
        ])
    }

    /// Says that the process lives, twice as often as the manager wants to hear it, until the task is cancelled.
    ///
    /// - Parameter isAlive: whether everything turns; asked with the time that it may take to answer.
    func watch(_ isAlive: (Duration) async -> Bool) async {
        guard let watchdogInterval else { return }
        let pause = watchdogInterval / 2
        var wasAlive = true
        while !Task.isCancelled {
            let isAlive = await isAlive(pause / 2)
            if isAlive {
                send(["WATCHDOG=1"])
            } else if wasAlive {
                logger.error(
                    "an event loop is stuck, or a listener is lost: the watchdog hears nothing while that is so")
            }
            wasAlive = isAlive
            try? await Task.sleep(for: pause)
        }
    }

    private func send(_ assignments: [String]) {
        guard let channel, let reason = channel.send(assignments.joined(separator: "\n")) else { return }
        fail(reason)
    }

    private func fail(_ reason: String) {
        guard !hasFailed.exchange(true, ordering: .relaxed) else { return }
        logger.warning("the service manager cannot be told how it goes (NOTIFY_SOCKET): \(reason)")
    }
}

/// The socket of a service manager: a path, or a name of the abstract namespace (unix(7)).
private final class NotifyChannel: Sendable {
    private let descriptor: CInt
    private let address: sockaddr_un
    private let length: socklen_t

    /// - Parameter path: `/path` or `@name`; nil for anything else.
    init?(_ path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        guard let first = name.first, name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        switch first {
        case UInt8(ascii: "/"): name.append(0)
        case UInt8(ascii: "@"): name[0] = 0
        default: return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // A manager that does not read is not waited for longer than this.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        self.descriptor = descriptor
        self.address = address
        length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    }

    deinit { close(descriptor) }

    /// - Returns: why it could not be sent; nil if it was.
    func send(_ message: String) -> String? {
        var message = message
        let sent = message.withUTF8 { bytes in
            withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL), $0, length)
                }
            }
        }
        return sent < 0 ? String(cString: strerror(errno)) : nil
    }
}
