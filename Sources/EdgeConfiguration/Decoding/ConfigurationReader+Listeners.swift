internal import EdgeCore

extension ConfigurationReader {
    func listeners(_ root: Fields) -> [ListenerSettings] {
        var taken: Set<ListenAddress> = []
        return root.list("listeners").compactMap { fields in
            let tls = fields.fields("tls").map(self.tls)
            let h2c = h2c(fields)
            let address = fields["address"].flatMap(listenAddress)
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
        guard let value = fields["address"], let address = listenAddress(value) else { return nil }
        var taken = Set(listeners.map(\.address))
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

    private func listenAddress(_ value: PositionedValue) -> ListenAddress? {
        guard let text = text(value, like: "127.0.0.1:8080") else { return nil }
        return attempt(at: value) { () throws(Complaint) in try AddressText.listen(text, resolve: absolute) }
    }

    private func take(_ address: ListenAddress, at value: PositionedValue, from taken: inout Set<ListenAddress>) {
        if case .tcp(_, port: 0) = address { return }
        if !taken.insert(address).inserted {
            report(Complaint("Another listener has this address.", "Give each listener its own."), at: value.offset)
        }
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
        guard case .tcp(let host, _) = address, let ip = IPAddress(host), !isLoopback(host), !Self.isPrivate(ip) else {
            return
        }
        warn(
            Complaint(
                "Strangers can reach this address, and keys travel to it in clear text.",
                #"Add "tls", or listen on a loopback or private address behind the proxy that ends TLS."#),
            at: value.offset)
    }

    private func isLoopback(_ host: String) -> Bool {
        guard let address = IPAddress(host) else { return host == "localhost" }
        return AddressBlock.loopback.contains { $0.contains(address) }
    }
}
