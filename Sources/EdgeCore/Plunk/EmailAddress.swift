/// The shape of addresses that Plunk takes: a plain `local@domain`, narrower than RFC 5321's mailboxes (no quotes, no
/// comments, ASCII only, a domain of at least two labels).
package enum EmailAddress {
    /// Whether the bytes have that shape: before the `@` letters, digits, `_ ' + - .` with no dot at either end and no
    /// two in a row and no `'` last; behind it labels of letters, digits and inner hyphens, the last of at least two letters.
    package static func isPlausible(_ text: some RandomAccessCollection<UInt8>) -> Bool {
        guard let at = text.firstIndex(of: UInt8(ascii: "@")) else { return false }
        return isLocalPart(text[..<at]) && isDomain(text[text.index(after: at)...])
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

    private static func isDomain(_ domain: some RandomAccessCollection<UInt8>) -> Bool {
        var labels = 0
        var rest = domain[...]
        while true {
            let label = rest.prefix { $0 != UInt8(ascii: ".") }
            guard let first = label.first, first != UInt8(ascii: "-") else { return false }
            labels += 1
            rest = rest[label.endIndex...]
            guard !rest.isEmpty else {
                return labels >= 2 && label.count >= 2 && label.allSatisfy(\.isASCIILetter)
            }
            guard label.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }) else {
                return false
            }
            rest = rest.dropFirst()
            if rest.isEmpty { return false }
        }
    }
}
