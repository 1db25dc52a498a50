internal import EdgeCore

extension ConfigurationReader {
    func listeners(_ root: Fields) -> [ListenerSettings] {
        var taken: [ListenAddress] = []
        return root.list("listeners").compactMap { fields in
            let tls = fields.fields("tls").map(self.tls)
            let h2c = h2c(fields)
            let address = fields["address"].flatMap { listenAddress($0) }
            if let tls { inspect(tls, of: address, at: fields["address"]) }
            guard let value = fields["address"], let address else { return nil }
            take(address, at: value, from: &taken)
            if fields["tls"] == nil { warnOfClearText(address, at: value) }
            var listener = ListenerSettings(address: address, tls: tls?.settings)
            listener.h2c = h2c
            return listener
        }
    }

    /// - Parameter listeners: which the address must not be one of.
    func admin(_ root: Fields, besides listeners: [ListenerSettings]) -> ListenAddress? {
        guard let fields = root.fields("admin") else { return nil }
        var allowsPublic = false
        fields.read("allowPublic", into: &allowsPublic)
        guard let value = fields["address"], let address = listenAddress(value, port: 9090) else { return nil }
        var taken = listeners.map(\.address)
        take(address, at: value, from: &taken)
        if case .tcp(let host, _) = address, !allowsPublic, !isLoopback(host) {
            report(
                Complaint(
                    "Other machines can reach this address, and the metrics with it.",
                    #"Listen on "127.0.0.1:9090" or "unix:/path", or add "allowPublic": true."#), at: value.offset)
        }
        return address
    }

    /// Whether connections to `host` arrive at one of `listeners`, as far as names and addresses show. Loopback is one
    /// place, whatever it is called; to a wildcard address Linux connects as to loopback.
    func leads(to listeners: [ListenerSettings], from host: String, port: UInt16) -> Bool {
        func isThisMachine(_ host: String) -> Bool { isLoopback(host) || host == "0.0.0.0" || host == "::" }
        return listeners.contains { listener in
            guard case .tcp(let own, port) = listener.address else { return false }
            return own == host || isThisMachine(own) && isThisMachine(host)
        }
    }

    /// - Parameter port: that of the example in a complaint.
    private func listenAddress(_ value: PositionedValue, port: UInt16 = 8080) -> ListenAddress? {
        guard let text = text(value, like: "127.0.0.1:\(port)") else { return nil }
        return attempt(at: value) { () throws(Complaint) in
            let address = try AddressText.listen(text, port: port, resolve: absolute)
            if case .unix(let path) = address { try Self.check(socket: path) }
            return address
        }
    }

    private static func check(socket path: String) throws(Complaint) {
        guard FileAccess.isFolder(FileAccess.folder(of: path)) else {
            throw Complaint("The folder of \(path.quotedPath) does not exist.", "Create it, or correct the path.")
        }
        guard !FileAccess.isOther(thanSocket: path) else {
            throw Complaint("\(path.quotedPath) is there, and is no socket.", "Remove it, or choose another path.")
        }
    }

    private func take(_ address: ListenAddress, at value: PositionedValue, from taken: inout [ListenAddress]) {
        if case .tcp(_, port: 0) = address { return }
        if taken.contains(where: { Self.isSame($0, address) }) {
            report(Complaint("Another listener has this address.", "Give each listener its own."), at: value.offset)
        } else if taken.contains(where: { Self.covers($0, address) || Self.covers(address, $0) }) {
            report(
                Complaint(
                    "Another listener takes the same port: one of the two listens on every address of this machine.",
                    "Give each its own port, or remove the one that the other includes."), at: value.offset)
        }
        taken.append(address)
    }

    /// However a path is written.
    private static func isSame(_ one: ListenAddress, _ other: ListenAddress) -> Bool {
        guard case .unix(let path) = one, case .unix(let otherPath) = other else { return one == other }
        return FileAccess.resolved(path) == FileAccess.resolved(otherPath)
    }

    /// Whether the first is every address with the second's port: of IPv6's Linux makes every address of IPv4 as well
    /// (ipv6(7), IPV6_V6ONLY). Names are not looked up, so only the latter is said to include them.
    private static func covers(_ wildcard: ListenAddress, _ address: ListenAddress) -> Bool {
        guard case .tcp(let every, let port) = wildcard, case .tcp(let host, port) = address else { return false }
        return every == "::" || every == "0.0.0.0" && IPAddress(host)?.family == .v4
    }

    private func h2c(_ listener: Fields) -> Bool {
        var h2c = false
        listener.read("h2c", into: &h2c)
        if h2c, listener["tls"] != nil, let value = listener["h2c"] {
            report(
                Complaint(
                    #""h2c" is HTTP/2 in clear text, and this listener speaks TLS."#,
                    #"Remove "h2c", or remove "tls" if TLS ends before the edge."#), at: value.offset)
        }
        return h2c
    }

    /// Names other than localhost are not looked up, so nothing is said of them.
    private func warnOfClearText(_ address: ListenAddress, at value: PositionedValue) {
        guard case .tcp(let host, _) = address, let ip = IPAddress(host), !ip.isPrivate else { return }
        warn(
            Complaint(
                "Strangers can reach this address, and keys travel to it in clear text.",
                #"Add "tls", or listen on a loopback or private address behind the proxy that ends TLS."#),
            at: value.offset)
    }

    private func isLoopback(_ host: String) -> Bool {
        IPAddress(host)?.isLoopback ?? (host == "localhost")
    }
}
