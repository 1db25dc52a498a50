import EdgeCore
import Glibc

/// Addresses and hosts, read once more: by the C library, and by the letter of the grammar.
enum PlainHost {
    /// What inet_pton(3) reads; IPv4 in IPv6 (`::ffff:192.0.2.1`) is its IPv4 address.
    static func address(_ text: [UInt8]) -> IPAddress? {
        if text.contains(0) { return nil }
        let string = String(decoding: text, as: UTF8.self)
        var v4 = in_addr()
        if inet_pton(AF_INET, string, &v4) == 1 { return IPAddress(v4: UInt32(bigEndian: v4.s_addr)) }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, string, &v6) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &v6) { Array($0) }
        if bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
            return IPAddress(v4: UInt32(truncatingIfNeeded: number(bytes[12...])))
        }
        return IPAddress(v6: number(bytes[..<8]), number(bytes[8...]))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// The bits of an address, first bit first.
    static func bits(_ address: IPAddress) -> [Bool] {
        let (word, width) = (address.family == .v4 ? [address.low << 32] : [address.high, address.low], address.width)
        return (0..<width).map { word[$0 / 64] >> UInt64(63 - $0 % 64) & 1 == 1 }
    }

    /// A name or address, without brackets and in lower case, and a port; nil for what is no host.
    static func parts(_ text: [UInt8]) -> (name: [UInt8], port: Int?)? {
        let (name, rest): ([UInt8], ArraySlice<UInt8>)
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = Array(text[1..<end])
            guard name.contains(UInt8(ascii: ":")), address(name) != nil else { return nil }
            rest = text[(end + 1)...]
        } else {
            name = Array(text.prefix { $0 != UInt8(ascii: ":") })
            rest = text[name.count...]
            let isName = name.allSatisfy { PlainText.isLetterOrDigit($0) || ".-_".utf8.contains($0) }
            guard isName, (1...255).contains(name.count) else { return nil }
        }
        if rest.isEmpty { return (PlainText.lowercased(name), nil) }
        guard rest.first == UInt8(ascii: ":"), let port = PlainText.number(rest.dropFirst(), atMost: 5), port <= 65535
        else { return nil }
        return (PlainText.lowercased(name), port)
    }
}
