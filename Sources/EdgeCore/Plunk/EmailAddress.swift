/// The shape of addresses that Plunk takes: a plain `local@domain`, narrower than RFC 5321's mailboxes (no quotes, no
/// comments, ASCII only, a domain of at least two labels).
package enum EmailAddress {
    /// Whether the bytes have that shape: before the `@` letters, digits, `_ ' + - .` with no dot at either end and no
    /// two in a row and no `'` last; behind it labels of letters, digits and inner hyphens, the last of at least two letters.
    package static func isPlausible(_ text: some Collection<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "@"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        return isLocalPart(parts[0]) && isDomain(parts[1])
    }

    private static func isLocalPart(_ local: some Collection<UInt8>) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in local {
            switch byte {
            case UInt8(ascii: "."):
                if previous == UInt8(ascii: ".") { return false }
            case UInt8(ascii: "_"), UInt8(ascii: "'"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                break
            default:
                guard byte.isASCIILetter || byte.isASCIIDigit else { return false }
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".") && previous != UInt8(ascii: "'")
    }

    private static func isDomain(_ domain: some Collection<UInt8>) -> Bool {
        let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, last.count >= 2, last.allSatisfy(\.isASCIILetter) else {
            return false
        }
        return labels.allSatisfy { label in
            guard let first = label.first, first != UInt8(ascii: "-") else { return false }
            return label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
        }
    }
}
