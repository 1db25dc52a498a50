internal import EdgeCore
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Listening sockets that whoever started the process has opened for it, as systemd's socket units do: descriptors from 3
/// on, announced by `LISTEN_FDS` and `LISTEN_PID` (sd_listen_fds(3)). Their owner keeps them while the process is
/// replaced, so that connections wait in their queues instead of being refused.
///
/// They stay open as long as the process runs, and listeners work on copies: one that a reload takes away and another
/// brings back finds its socket again, which nobody could bind meanwhile. Any thread.
package struct InheritedSockets: Sendable {
    struct Socket: Hashable, Sendable {
        var descriptor: CInt
        var place: Place
    }

    /// Where a socket is bound, as far as listeners can be told apart by it.
    enum Place: Hashable, Sendable {
        /// - Parameter acceptsIPv4: whether `[::]` takes IPv4 as well (ipv6(7), IPV6_V6ONLY).
        case tcp(IPAddress, port: UInt16, acceptsIPv4: Bool = false)
        case unix(path: String)
    }

    /// Which listener has which socket.
    struct Assignment: Equatable {
        /// The process's own descriptor of each listener that has one.
        var descriptors: [ListenAddress: CInt] = [:]
        /// Sockets that no listener is for.
        var unwanted: [Socket] = []
    }

    package static let none = InheritedSockets([])

    private let sockets: [Socket]
    /// What was handed over and is of no use, in words.
    private let complaints: [String]

    init(_ sockets: [Socket], complaints: [String] = []) { (self.sockets, self.complaints) = (sockets, complaints) }

    /// Takes the sockets that the environment speaks of, and takes the variables out of it: they are meant for this
    /// process only. To be called once, before others read the environment.
    package static func fromEnvironment() -> InheritedSockets {
        let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
        let values = variables.map { name in getenv(name).map { String(cString: $0) } }
        for name in variables { unsetenv(name) }
        guard let process = values[0], process == "\(getpid())", let text = values[1] else { return .none }
        // More than any process may have open (`fs.nr_open`) is no number of sockets.
        guard let count = CInt(text), (1...1_048_576).contains(count) else {
            return InheritedSockets([], complaints: ["LISTEN_FDS is no number of sockets: they are left alone."])
        }
        var sockets: [Socket] = []
        var complaints: [String] = []
        for descriptor in 3..<(3 + count) {
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
                complaints.append("LISTEN_FDS is \(count), but descriptor \(descriptor) is not open.")
                break
            }
            if let place = Place(ofListeningSocket: descriptor) {
                sockets.append(Socket(descriptor: descriptor, place: place))
            } else {
                complaints.append("descriptor \(descriptor) of LISTEN_FDS is no listening stream socket: left alone.")
            }
        }
        return InheritedSockets(sockets, complaints: complaints)
    }

    /// Finds the socket of each listener. Looks names up as binding would, and may block as long.
    func assign(to addresses: [ListenAddress]) -> Assignment {
        var assignment = Assignment(unwanted: sockets)
        if sockets.isEmpty { return assignment }
        for matches in [Place.isOf, Place.includes] {
            for address in addresses where assignment.descriptors[address] == nil {
                guard let wanted = Place(address),
                    let index = assignment.unwanted.firstIndex(where: { matches($0.place)(wanted) })
                else { continue }
                assignment.descriptors[address] = assignment.unwanted.remove(at: index).descriptor
            }
        }
        return assignment
    }

    /// Accepts what comes to a socket of an ``Assignment``, by a copy of it.
    static func serve(_ descriptor: CInt, with bootstrap: ServerBootstrap) async throws -> any Channel {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw IOError(errnoCode: errno, reason: "fcntl") }
        let channel = try await bootstrap.withBoundSocket(copy).get()
        // NIO has given it a queue of 128, which is short for those who connect during a restart. The kernel cuts this at
        // `net.core.somaxconn`, as it does for systemd.
        listen(descriptor, SOMAXCONN)
        return channel
    }

    /// What an operator should hear of sockets that are of no use.
    func warnings(about assignment: Assignment) -> [String] {
        guard !sockets.isEmpty || !complaints.isEmpty else { return [] }
        return complaints
            + assignment.unwanted.map {
                """
                the socket \($0.place) was handed over, but no listener has this address: who connects there waits for \
                nothing. Add a listener, or take it out of the socket unit.
                """
            }
    }
}

extension InheritedSockets.Place {
    /// What a listener would bind; nil where its name cannot be looked up.
    init?(_ address: ListenAddress) {
        switch address {
        case .tcp(let host, let port):
            guard let found = try? SocketAddress.makeAddressResolvingHost(host, port: Int(port)),
                let ip = IPAddress(found)
            else { return nil }
            self = .tcp(ip, port: port)
        case .unix(let path): self = .unix(path: path)
        }
    }

    /// Nil for what is no listening stream socket: also for a connection, which has its listener's address.
    init?(ofListeningSocket descriptor: CInt) {
        guard Self.option(SO_ACCEPTCONN, at: SOL_SOCKET, of: descriptor) == 1,
            Self.option(SO_TYPE, at: SOL_SOCKET, of: descriptor) == CInt(SOCK_STREAM.rawValue)
        else { return nil }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isNamed = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        guard isNamed else { return nil }
        let bytes = withUnsafeBytes(of: storage) { Array($0.prefix(Int(length))) }
        self.init(bytes, acceptsIPv4: Self.option(IPV6_V6ONLY, at: CInt(IPPROTO_IPV6), of: descriptor) == 0)
    }

    /// - Parameter address: as the kernel gives it.
    private init?(_ address: [UInt8], acceptsIPv4: Bool) {
        func number(_ range: Range<Int>) -> UInt64? {
            guard address.count >= range.upperBound else { return nil }
            return address[range].reduce(0) { $0 << 8 | UInt64($1) }
        }
        let family = address.withUnsafeBytes { $0.count < 2 ? 0 : $0.loadUnaligned(as: sa_family_t.self) }
        switch CInt(family) {
        case AF_INET:
            guard let port = number(2..<4), let ip = number(4..<8) else { return nil }
            self = .tcp(IPAddress(v4: UInt32(truncatingIfNeeded: ip)), port: UInt16(truncatingIfNeeded: port))
        case AF_INET6:
            guard let port = number(2..<4), let high = number(8..<16), let low = number(16..<24) else { return nil }
            let ip = IPAddress(v6: high, low)
            let isWildcard = high == 0 && low == 0
            self = .tcp(ip, port: UInt16(truncatingIfNeeded: port), acceptsIPv4: acceptsIPv4 && isWildcard)
        case AF_UNIX:
            // One without a name, or an abstract one, is none that a configuration can name.
            let path = address.dropFirst(2).prefix { $0 != 0 }
            guard !path.isEmpty else { return nil }
            self = .unix(path: String(decoding: path, as: UTF8.self))
        default: return nil
        }
    }

    /// Whether this socket is bound where `wanted` would be.
    func isOf(_ wanted: Self) -> Bool {
        switch (self, wanted) {
        case (.tcp(let own, let port, _), .tcp(let ip, let wantedPort, _)): own == ip && port == wantedPort
        default: self == wanted
        }
    }

    /// Whether this socket takes what `wanted` would, and more: `[::]:443` of a unit's `ListenStream=443` is the only
    /// socket that a listener on `0.0.0.0:443` can have, since the system lets nobody bind that beside it.
    func includes(_ wanted: Self) -> Bool {
        guard case .tcp(_, let port, acceptsIPv4: true) = self else { return false }
        return wanted == .tcp(IPAddress(v4: 0), port: port)
    }

    private static func option(_ name: CInt, at level: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, level, name, &value, &length) == 0 ? value : nil
    }
}

extension InheritedSockets.Place: CustomStringConvertible {
    var description: String {
        switch self {
        case .tcp(let ip, let port, _): ListenAddress.tcp(host: "\(ip)", port: port).description
        case .unix(let path): ListenAddress.unix(path: path).description
        }
    }
}
