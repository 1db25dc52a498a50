internal import EdgeCore

/// A host with an optional port, as URLs, origins and listeners share it.
struct HostText {
    /// An address without brackets in its canonical form, or a name in lower case.
    var host: String
    var address: IPAddress?
    /// Nil where none is written.
    var port: UInt16?

    /// Nil where `text` is not `host`, `host:port`, `[v6]` or `[v6]:port`.
    init?(_ text: some Collection<UInt8>) {
        let portText: [UInt8]?
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let address = IPAddress(text.dropFirst().prefix { $0 != UInt8(ascii: "]") })
            let rest = text[end...].dropFirst()
            guard let address, rest.isEmpty || rest.first == UInt8(ascii: ":") else { return nil }
            (self.host, self.address) = (address.description, address)
            portText = rest.isEmpty ? nil : Array(rest.dropFirst())
        } else {
            let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard parts.count <= 2, let name = parts.first else { return nil }
            address = IPAddress(name)
            guard address != nil || Self.isName(name) else { return nil }
            host = address?.description ?? String(decoding: name.map(\.asciiLowercased), as: UTF8.self)
            portText = parts.count == 2 ? Array(parts[1]) : nil
        }
        guard let portText else { return }
        guard (1...5).contains(portText.count), portText.allSatisfy(\.isASCIIDigit),
            let port = UInt16(String(decoding: portText, as: UTF8.self))
        else { return nil }
        self.port = port
    }

    /// The machine itself, by address or by the name that RFC 6761 keeps for it.
    var isLoopback: Bool { address?.isLoopback ?? (host == "localhost") }

    var isPrivate: Bool { isLoopback || address?.isPrivate == true }

    /// As URLs write it: an IPv6 address in brackets.
    var text: String { host.bracketedHost }

    /// Letters, digits, hyphens and, as some networks have them, underscores; the last label is no number, or it would
    /// be an address to some readers (`1.2.3`).
    private static func isName(_ text: some Collection<UInt8>) -> Bool {
        let labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...253).contains(text.count), let last = labels.last, !last.allSatisfy(\.isASCIIDigit) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && !label.reversed().starts(with: "-".utf8)
                && label.allSatisfy {
                    $0.isASCIIDigit || $0.isASCIILetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
        }
    }
}
