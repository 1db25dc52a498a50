extension IPAddress {
    /// Reads dotted decimal (four numbers, no leading zeros: `010` means 8 to some and 10 to others) or RFC 4291 text,
    /// zone identifiers refused. Nil for anything else.
    package init?(_ text: some Collection<UInt8>) {
        if text.contains(UInt8(ascii: ":")) {
            guard let groups = IPAddress.groups(of: text) else { return nil }
            var high: UInt64 = 0
            var low: UInt64 = 0
            for group in groups.prefix(4) { high = high << 16 | UInt64(group) }
            for group in groups.dropFirst(4) { low = low << 16 | UInt64(group) }
            self.init(v6: high, low)
        } else {
            guard let value = IPAddress.dottedDecimal(text) else { return nil }
            self.init(v4: value)
        }
    }

    package init?(_ text: String) { self.init(Array(text.utf8)) }

    /// The same for a part of a text, without what a generic function costs in another module.
    package init?(in text: UnsafeBufferPointer<UInt8>) { self.init(text) }

    private static func dottedDecimal(_ text: some Collection<UInt8>) -> UInt32? {
        guard text.count <= 15 else { return nil }
        var (value, number): (UInt32, UInt32) = (0, 0)
        var (digits, dots) = (0, 0)
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | number
                (number, digits, dots) = (0, 0, dots + 1)
            } else {
                guard byte.isASCIIDigit, digits == 0 || number > 0 else { return nil }
                number = number * 10 + UInt32(byte &- 0x30)
                digits += 1
                if number > 255 { return nil }
            }
        }
        return digits > 0 && dots == 3 ? value << 8 | number : nil
    }

    /// The eight groups of an IPv6 address.
    private static func groups(of text: some Collection<UInt8>) -> [UInt16]? {
        guard text.count <= 45 else { return nil }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...9).contains(parts.count) else { return nil }
        var groups: [UInt16] = []
        var gap: Int?
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                // A lone colon may stand at neither end; `::` may, and stands once.
                let atStart = index == 0 && parts[1].isEmpty
                let atEnd = index == parts.count - 1 && parts[index - 1].isEmpty
                if atStart || atEnd { continue }
                guard gap == nil, index != 0, index != parts.count - 1 else { return nil }
                gap = groups.count
            } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let value = dottedDecimal(part) else { return nil }
                groups.append(UInt16(truncatingIfNeeded: value >> 16))
                groups.append(UInt16(truncatingIfNeeded: value))
            } else {
                guard part.count <= 4 else { return nil }
                var group: UInt16 = 0
                for byte in part {
                    guard let digit = byte.hexDigitValue else { return nil }
                    group = group << 4 | UInt16(digit)
                }
                groups.append(group)
            }
        }
        guard let gap else { return groups.count == 8 ? groups : nil }
        guard groups.count < 8 else { return nil }
        groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        return groups
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        String(decoding: [UInt8](textOfAtMost: Self.maximumTextSize) { append(to: &$0) }, as: UTF8.self)
    }

    /// Bytes of the longest text.
    package static let maximumTextSize = 39

    /// Writes dotted decimal or the canonical form of RFC 5952.
    package func append(to output: inout OutputSpan<UInt8>) {
        switch family {
        case .v4:
            output.append(decimal: low >> 24 & 0xFF)
            output.append(".")
            output.append(decimal: low >> 16 & 0xFF)
            output.append(".")
            output.append(decimal: low >> 8 & 0xFF)
            output.append(".")
            output.append(decimal: low & 0xFF)
        case .v6:
            let groups = (0..<8).map { index -> UInt16 in
                let word = index < 4 ? high : low
                return UInt16(truncatingIfNeeded: word >> UInt64(48 - 16 * (index & 3)))
            }
            let run = IPAddress.longestRunOfZeros(groups)
            var index = 0
            while index < 8 {
                if index == run.lowerBound, run.count > 1 {
                    output.append(index == 0 ? "::" : ":")
                    index = run.upperBound
                } else {
                    output.append(text: String(groups[index], radix: 16))
                    index += 1
                    if index < 8 { output.append(":") }
                }
            }
        }
    }

    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}

extension AddressBlock {
    /// What keeps a text from being a block.
    package enum TextProblem: Error {
        /// What stands before the slash, or alone.
        case address
        case length(maximum: Int)
    }

    /// The address and the length of `10.0.0.0/8`, or of a single address. As they are written: bits behind the first
    /// `length` may be set.
    package static func parts(of text: String) throws(TextProblem) -> (address: IPAddress, length: Int) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = IPAddress(first) else { throw .address }
        guard parts.count == 2 else { return (address, address.width) }
        guard (1...3).contains(parts[1].count), parts[1].allSatisfy(\.isASCIIDigit),
            let length = Int(String(decoding: parts[1], as: UTF8.self)), length <= address.width
        else { throw .length(maximum: address.width) }
        return (address, length)
    }
}

extension String {
    /// A host as URLs and authorities write it: an IPv6 address in brackets (RFC 3986, section 3.2.2).
    package var bracketedHost: String { utf8.contains(UInt8(ascii: ":")) ? "[\(self)]" : self }
}
