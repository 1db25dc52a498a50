import EdgeCore
import EdgeTestSupport

/// The walk over X-Forwarded-For finds the client that a second one finds, which reads addresses with the C library and
/// compares networks bit by bit.
///
/// The first byte chooses whom to trust and the second the peer; line feeds cut the rest into lines of the field.
package enum ForwardedForTarget: FuzzTarget {
    package static let name = "forwarded-for"

    private static let blocks = [
        "127.0.0.0/8", "::1/128", "10.0.0.0/8", "192.0.2.128/25", "2001:db8::/33", "fc00::/7", "203.0.113.7/32", "::/0",
    ]
    private static let peers = ["127.0.0.1", "::1", "10.1.2.3", "203.0.113.7", "198.51.100.1", "2001:db8:1::1"]

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var input = FuzzInput(input)
        let trusted = input.byte()
        let peer = input.choice(of: peers.count + 2)
        // More lines are refused before.
        let lines = input.rest.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(60).map { value in
            value.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        }
        var text = Array("POST / HTTP/1.1\r\nHost: h\r\n".utf8)
        for line in lines { text += Array("X-Forwarded-For: ".utf8) + line + Array("\r\n".utf8) }
        text += "\r\n".utf8
        guard let head = RequestHead.read(text) else {
            return try require(text.count >= ConnectionSettings().headerSize, "no head")
        }

        let chosen = blocks.indices.filter { trusted >> $0 & 1 == 1 }.map { blocks[$0] }
        var settings = TrustedProxies()
        settings.blocks = []
        for block in chosen {
            guard let parts = try? AddressBlock.parts(of: block) else { throw FuzzFinding("\(block) is no block") }
            settings.blocks.append(AddressBlock(base: parts.address, length: parts.length))
        }
        settings.unixSockets = peer == peers.count
        let address = peer < peers.count ? IPAddress(peers[peer]) : nil
        let client = Client(head: head, peer: address, trusted: settings)
        let isProxy = address.map { isTrusted($0, by: chosen) } ?? settings.unixSockets
        try require(client.isBehindTrustedProxy == isProxy, "the peer is trusted: \(!isProxy)")
        let expected = isProxy ? walk(Array(lines.joined(separator: [0x2C])), by: chosen) ?? address : address
        try require(
            client.address == expected,
            "the client is \(String(describing: client.address)), not \(String(describing: expected))")
    }

    /// The lines of a field mean what one line with commas between them means (RFC 9110, section 5.3).
    private static func walk(_ list: [UInt8], by trusted: [String]) -> IPAddress? {
        let entries = list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        var last: IPAddress?
        for entry in entries.reversed().prefix(32) {
            let text = Array(entry.trimmed)
            let host = PlainHost.parts(text)
            let isWithPort = host?.port != nil || text.first == UInt8(ascii: "[")
            guard let hop = PlainHost.address(text) ?? (isWithPort ? host.flatMap { PlainHost.address($0.name) } : nil)
            else { return last }
            last = hop
            if !isTrusted(hop, by: trusted) { return last }
        }
        return last
    }

    private static func isTrusted(_ address: IPAddress, by blocks: [String]) -> Bool {
        blocks.contains { block in
            let parts = block.split(separator: "/")
            guard let base = PlainHost.address(Array(parts[0].utf8)), let length = Int(parts[1]) else { return false }
            return base.family == address.family
                && PlainHost.bits(base).prefix(length) == PlainHost.bits(address).prefix(length)
        }
    }
}
