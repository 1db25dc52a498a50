import EdgeCore
import Glibc
import Testing

/// Addresses as text and under masks, beside inet_pton(3) and inet_ntop(3).
@Suite struct IPAddressTests {
    // MARK: The C library's view

    /// The address's bytes in network order: 4 or 16, nil if `text` is none.
    private func libraryBytes(of text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    private func libraryText(of bytes: [UInt8]) -> String? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func address(_ bytes: [UInt8]) -> IPAddress {
        let word = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return bytes.count == 4
            ? IPAddress(v4: UInt32(word(bytes[...]))) : IPAddress(v6: word(bytes[..<8]), word(bytes[8...]))
    }

    /// Its bytes by the C library's count: 4 for a mapped address, as `IPAddress` has it.
    private func bytes(of address: IPAddress) -> [UInt8] {
        let words = address.family == .v4 ? [] : [address.high]
        let all = (words + [address.low]).flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
        return address.family == .v4 ? Array(all.suffix(4)) : all
    }

    /// Mostly zeros, so that runs of them of every length and place come up.
    private func randomBytes(_ generator: inout SeededGenerator) -> [UInt8] {
        if generator.oneIn(4) { return (0..<4).map { _ in UInt8.random(in: 0...255, using: &generator) } }
        let zeros = Int.random(in: 0...8, using: &generator)
        return (0..<8).flatMap { _ -> [UInt8] in
            if Int.random(in: 0..<8, using: &generator) < zeros { return [0, 0] }
            let group =
                UInt16.random(in: 0...UInt16.max, using: &generator) >> UInt16.random(in: 0...12, using: &generator)
            return [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
    }

    @Test("text is written as RFC 5952 has it and read back the same", arguments: 0..<20 as Range<UInt64>)
    func writing(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let bytes = randomBytes(&generator)
            let address = address(bytes)
            let text = address.description
            #expect(IPAddress(text) == address)
            #expect(self.bytes(of: address) == bytes)
            let library = try #require(libraryText(of: bytes))
            // The C library writes `::102:304` with its last 32 bits in dotted decimal (deprecated, RFC 4291, 2.5.5.1).
            if bytes.count == 16, library.contains(".") {
                #expect(libraryBytes(of: text) == bytes)
            } else {
                #expect(text == library)
            }
        }
    }

    /// Every place of every run of zeros.
    @Test("runs of zeros are shortened where RFC 5952 says", arguments: 0..<256)
    func runsOfZeros(pattern: Int) throws {
        let bytes = (0..<8).flatMap { pattern >> $0 & 1 == 1 ? [0x12, 0x34] : [0, 0] as [UInt8] }
        let library = try #require(libraryText(of: bytes))
        if !library.contains(".") { #expect(address(bytes).description == library) }
        #expect(IPAddress(address(bytes).description) == address(bytes))
    }

    @Test("damaged text is an address where inet_pton says so, and the same one", arguments: 0..<40 as Range<UInt64>)
    func reading(seed: UInt64) {
        var generator = SeededGenerator(seed: 100 + seed)
        var accepted = 0
        for _ in 0..<500 {
            let bytes = randomBytes(&generator)
            var text = Array(address(bytes).description.utf8)
            if bytes.count == 16, generator.oneIn(3) { text = dotted(bytes) }
            if !generator.oneIn(10) { text.mutate(alphabet: Array(".:0123456789abfAF%/x g-".utf8), using: &generator) }
            let string = String(decoding: text, as: UTF8.self)
            let found = IPAddress(text)
            let expected = libraryBytes(of: string).map(address)
            #expect(found == expected, "\(string)")
            #expect(IPAddress(string) == found)
            if found != nil { accepted += 1 }
        }
        #expect((50..<450).contains(accepted))
    }

    /// All eight groups, the last two in dotted decimal.
    private func dotted(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for index in 0..<6 {
            text += String(UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1]), radix: 16).utf8
            text += ":".utf8
        }
        return text + Array(bytes[12...].map { String($0) }.joined(separator: ".").utf8)
    }

    // MARK: Tables

    struct Text: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Its canonical text, nil for no address.
        var canonical: String?

        init(_ text: String, _ canonical: String?) { (testDescription, self.canonical) = (text, canonical) }
    }

    static let texts =
        [
            Text("0.0.0.0", "0.0.0.0"), Text("255.255.255.255", "255.255.255.255"), Text("::", "::"),
            Text("::1", "::1"),
            Text("1::", "1::"), Text("2001:DB8::1", "2001:db8::1"),
            Text("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
            Text("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), Text("1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
            Text("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), Text("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            Text("1:0:0:4:0:0:0:8", "1:0:0:4::8"), Text("1:0:0:4:5:0:0:8", "1::4:5:0:0:8"),
            Text("::ffff:192.0.2.1", "192.0.2.1"), Text("::FFFF:c000:201", "192.0.2.1"),
            Text("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"), Text("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
            Text("::192.0.2.1", "::c000:201"), Text("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"),
        ]
        + [
            "", " ", ".", ":", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "1.2.3.4.5", "256.0.0.1",
            "1.2.3.999",
            "01.2.3.4", "1.2.3.00", "1.2.3.0x4", "0x7f.1", "127.1", "2130706433", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4",
            "+1.2.3.4",
            "1.2.3.4/32", "1.2.3.4:80", "1,2,3,4", "\u{0661}.2.3.4", "1.2.3.4\0", ":::", "1:::2", "::1::", "1::2::3",
            ":1",
            "1:", ":1::", "::1:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
            "1:2:3:4::5:6:7:8", "12345::", "g::", "::0x1", "fe80::1%eth0", "fe80::1%25eth0", "[::1]", "::1/128", "::1 ",
            "::ffff:192.0.2", "::ffff:192.0.2.256", "::192.0.2.1:1", "192.0.2.1::", "::ffff:0192.0.2.1",
            "1:2:3:4:5:6:7:192.0.2.1", "::ffff:192.0.2.1.", "localhost", "::\0",
        ].map { Text($0, nil) }

    @Test("texts", arguments: texts)
    func text(_ example: Text) { #expect(IPAddress(example.testDescription)?.description == example.canonical) }

    @Test("a text of any length is judged, none is too long", arguments: [".", ":", "0", "::", "1.", "ffff:"])
    func longTexts(piece: String) {
        for count in 1...300 {
            let text = String(repeating: piece, count: count)
            #expect(IPAddress(text) == libraryBytes(of: text).map(address), "\(text)")
        }
    }

    // MARK: Masks

    @Test(
        "a mask keeps the first bits and clears the others",
        arguments: [-1, 0, 1, 7, 8, 9, 31, 32, 33, 48, 63, 64, 65, 96, 127, 128, 129, .max])
    func masks(length: Int) {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let bytes = randomBytes(&generator)
            let kept = bytes.enumerated().map { index, byte -> UInt8 in
                let bits = min(8, max(0, length - min(length, 8 * index)))
                return length <= 0 ? 0 : byte & ~UInt8(truncatingIfNeeded: 0xFF >> bits)
            }
            let masked = address(bytes).masked(to: length)
            #expect(masked.family == address(bytes).family)
            #expect(self.bytes(of: masked) == kept)
        }
    }

    @Test("a block holds the addresses that begin as it does", arguments: 0..<20 as Range<UInt64>)
    func blocks(seed: UInt64) {
        var generator = SeededGenerator(seed: 200 + seed)
        for _ in 0..<200 {
            let bytes = randomBytes(&generator)
            let width = bytes.count * 8
            let length = Int.random(in: 0...width, using: &generator)
            let block = AddressBlock(base: address(bytes), length: length)
            #expect(block.contains(address(bytes)))
            #expect(block.base == address(bytes).masked(to: length))
            var other = bytes
            let bit = Int.random(in: 0..<width, using: &generator)
            other[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            #expect(block.contains(address(other)) == (bit >= length))
        }
    }

    struct Membership: CustomTestStringConvertible, Sendable {
        var address: String
        var isLoopback = false
        var isPrivate = false

        var testDescription: String { address }
    }

    @Test(
        "loopback and private addresses",
        arguments: [
            Membership(address: "126.255.255.255"), Membership(address: "127.0.0.0", isLoopback: true),
            Membership(address: "127.255.255.255", isLoopback: true), Membership(address: "128.0.0.0"),
            Membership(address: "::1", isLoopback: true), Membership(address: "::2"), Membership(address: "::"),
            Membership(address: "::ffff:127.0.0.1", isLoopback: true),
            Membership(address: "9.255.255.255"), Membership(address: "10.0.0.0", isPrivate: true),
            Membership(address: "10.255.255.255", isPrivate: true), Membership(address: "11.0.0.0"),
            Membership(address: "172.15.255.255"), Membership(address: "172.16.0.0", isPrivate: true),
            Membership(address: "172.31.255.255", isPrivate: true), Membership(address: "172.32.0.0"),
            Membership(address: "192.167.255.255"), Membership(address: "192.168.0.0", isPrivate: true),
            Membership(address: "192.168.255.255", isPrivate: true), Membership(address: "192.169.0.0"),
            Membership(address: "100.63.255.255"), Membership(address: "100.64.0.0", isPrivate: true),
            Membership(address: "100.127.255.255", isPrivate: true), Membership(address: "100.128.0.0"),
            Membership(address: "169.253.255.255"), Membership(address: "169.254.169.254", isPrivate: true),
            Membership(address: "169.255.0.0"), Membership(address: "fbff::1"),
            Membership(address: "fc00::", isPrivate: true), Membership(address: "fdff:ffff::1", isPrivate: true),
            Membership(address: "fe00::1"), Membership(address: "fe80::1", isPrivate: true),
            Membership(address: "febf:ffff::1", isPrivate: true), Membership(address: "fec0::1"),
            Membership(address: "2001:db8::1"), Membership(address: "0.0.0.0"),
        ])
    func wellKnownBlocks(_ example: Membership) throws {
        let address = try #require(IPAddress(example.address))
        #expect(AddressBlock.loopback.contains { $0.contains(address) } == example.isLoopback)
        #expect(AddressBlock.private.contains { $0.contains(address) } == example.isPrivate)
    }

    @Test("a block's length stays within its family, and its base has no bits beyond it")
    func clamping() {
        let address = IPAddress(v4: 0xC000_0201)
        #expect(AddressBlock(base: address, length: 33) == AddressBlock(base: address, length: 32))
        #expect(AddressBlock(base: address, length: -1) == AddressBlock(base: IPAddress(v4: 0), length: 0))
        #expect(AddressBlock(base: address, length: 24) == AddressBlock(base: IPAddress(v4: 0xC000_02FF), length: 24))
        // A block of all IPv4 addresses holds no IPv6 address, and the other way round.
        #expect(!AddressBlock(base: address, length: 0).contains(IPAddress(v6: 0, 1)))
        #expect(!AddressBlock(base: IPAddress(v6: 0, 1), length: 0).contains(address))
    }
}
