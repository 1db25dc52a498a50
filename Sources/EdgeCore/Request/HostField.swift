/// A host with an optional port, as `Host`, `X-Forwarded-Host` and the authority of an origin have it (RFC 9110,
/// section 7.2). Registered names, IPv4 and bracketed IPv6; no user information, no escapes.
package struct HostField<Text: BidirectionalCollection<UInt8>> {
    /// With the brackets of an IPv6 address.
    package let name: Text.SubSequence
    package let port: UInt16?

    /// Nil for anything that is not a host.
    package init?(_ text: Text) {
        var name = text[...]
        var port: UInt16?
        let nameEnd = text.lastIndex(of: UInt8(ascii: "]")).map(text.index(after:)) ?? text.startIndex
        if let colon = text[nameEnd...].firstIndex(of: UInt8(ascii: ":")) {
            name = text[..<colon]
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return nil }
            let number = digits.reduce(0 as UInt32) { $0 &* 10 &+ UInt32($1 &- 0x30) }
            guard number <= 65535 else { return nil }
            port = UInt16(truncatingIfNeeded: number)
        }
        guard !name.isEmpty, name.count <= 255 else { return nil }
        if name.first == UInt8(ascii: "[") {
            let address = name.dropFirst().dropLast()
            guard name.last == UInt8(ascii: "]"), address.contains(UInt8(ascii: ":")), IPAddress(address) != nil
            else { return nil }
        } else {
            let isName = name.allSatisfy {
                $0.isASCIIDigit || $0.isASCIILetter || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
            guard isName else { return nil }
        }
        (self.name, self.port) = (name, port)
    }

    /// Whether two hosts are the same, letter case aside, a missing port meaning `defaultPort`.
    package func matches<Other>(_ other: HostField<Other>, defaultPort: UInt16?) -> Bool {
        (port ?? defaultPort) == (other.port ?? defaultPort)
            && name.count == other.name.count
            && zip(name, other.name).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }
}
