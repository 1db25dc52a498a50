import EdgeCore

/// Addresses are read as inet_pton(3) reads them, and what is written of one is read as the same; hosts are read as a
/// second reading of the grammar reads them, and a block holds what shares its first bits.
package enum AddressTarget: FuzzTarget {
    package static let name = "address"

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let address = IPAddress(input)
        let expected = PlainHost.address(input)
        try require(
            address == expected, "read as \(String(describing: address)), not \(String(describing: expected))")
        try require(input.withUnsafeBufferPointer { IPAddress(in: $0) } == address, "read in another way in place")
        if let address {
            try require(PlainHost.address(Array(address.description.utf8)) == address, "\(address) is another")
            try require(address.description.utf8.count <= IPAddress.maximumTextSize, "\(address) is too long")
            for length in [0, 1, 24, 31, 32, 48, 63, 64, 65, 127, 128] where length <= address.width {
                let bits = PlainHost.bits(address)
                try require(
                    PlainHost.bits(address.masked(to: length))
                        == bits.prefix(length) + bits.dropFirst(length).map { _ in false },
                    "\(address) is masked to other bits than the first \(length)")
            }
        }
        let (host, other) = (HostField(input), PlainHost.parts(input))
        let name = host.map { host in
            let bare = host.name.first == UInt8(ascii: "[") ? host.name.dropFirst().dropLast() : host.name
            return PlainText.lowercased(Array(bare))
        }
        try require(
            name == other?.name && host?.port.map(Int.init) == other?.port,
            "the host is \(String(describing: name)), not \(String(describing: other))")

        let text = String(decoding: input, as: UTF8.self)
        guard let block = try? AddressBlock.parts(of: text) else { return }
        let parts = input.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        try require(PlainHost.address(Array(parts[0])) == block.address, "a block of another address")
        try require((0...block.address.width).contains(block.length), "a block of \(block.length) bits")
        try require(
            AddressBlock(base: block.address, length: block.length).contains(block.address),
            "a block that does not hold its own address")
    }
}
