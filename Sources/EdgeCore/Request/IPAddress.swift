/// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses (`::ffff:192.0.2.1`) are their IPv4 address.
package struct IPAddress: Hashable, Sendable {
    package enum Family: Hashable, Sendable { case v4, v6 }

    package var family: Family
    /// The address as one number, network order: the upper 64 bits (0 for IPv4) and the lower 64 bits.
    package var high: UInt64
    package var low: UInt64

    package init(v4 value: UInt32) { (family, high, low) = (.v4, 0, UInt64(value)) }

    package init(v6 high: UInt64, _ low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xFFFF
        (family, self.high, self.low) = isMapped ? (.v4, 0, low & UInt64(UInt32.max)) : (.v6, high, low)
    }

    package static let v4Loopback = IPAddress(v4: 0x7F00_0001)

    /// How many bits an address of this family has.
    package var width: Int { family == .v4 ? 32 : 128 }

    /// Whom it counts for, wherever clients are counted: of IPv6, a client owns at least a /64 (RFC 6177, section 2).
    package var ofClient: IPAddress { family == .v6 ? masked(to: 64) : self }

    /// The address with only its first `length` bits, the others 0.
    package func masked(to length: Int) -> IPAddress {
        var result = self
        switch family {
        case .v4:
            result.low &= length >= 32 ? .max : ~(UInt64(UInt32.max) >> UInt64(max(0, length)))
            result.low &= UInt64(UInt32.max)
        case .v6:
            result.high &= length >= 64 ? .max : ~(UInt64.max >> UInt64(max(0, length)))
            result.low &= length >= 128 ? .max : (length <= 64 ? 0 : ~(UInt64.max >> UInt64(length - 64)))
        }
        return result
    }
}

/// Addresses that share a prefix (RFC 4632): what `10.0.0.0/8` means.
package struct AddressBlock: Hashable, Sendable {
    package var base: IPAddress
    package var length: Int

    /// - Parameter length: clamped to the family's width.
    package init(base: IPAddress, length: Int) {
        self.length = min(max(0, length), base.width)
        self.base = base.masked(to: self.length)
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == base.family && address.masked(to: length) == base
    }

    package static let loopback = [
        AddressBlock(base: IPAddress(v4: 0x7F00_0000), length: 8), AddressBlock(base: IPAddress(v6: 0, 1), length: 128),
    ]

    /// RFC 1918, RFC 6598, RFC 3927, RFC 4193 and RFC 4291 link-local: addresses that no stranger can hold.
    package static let `private` = [
        AddressBlock(base: IPAddress(v4: 0x0A00_0000), length: 8),
        AddressBlock(base: IPAddress(v4: 0xAC10_0000), length: 12),
        AddressBlock(base: IPAddress(v4: 0xC0A8_0000), length: 16),
        AddressBlock(base: IPAddress(v4: 0x6440_0000), length: 10),
        AddressBlock(base: IPAddress(v4: 0xA9FE_0000), length: 16),
        AddressBlock(base: IPAddress(v6: 0xFC00 << 48, 0), length: 7),
        AddressBlock(base: IPAddress(v6: 0xFE80 << 48, 0), length: 10),
    ]
}

extension IPAddress {
    package var isLoopback: Bool { AddressBlock.loopback.contains { $0.contains(self) } }

    /// Whether no stranger can hold it: it is loopback or private.
    package var isPrivate: Bool { isLoopback || AddressBlock.private.contains { $0.contains(self) } }
}
