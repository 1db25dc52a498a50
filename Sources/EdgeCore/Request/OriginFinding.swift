/// What the origin rule thinks of a request's `Origin`.
package enum OriginFinding: Hashable, Sendable {
    /// No browser, or one that calls its own origin without saying so.
    case absent
    /// The page's own origin: no CORS headers needed but in a preflight.
    case same(Bytes)
    /// Another origin that may call and read the answer; named in Access-Control-Allow-Origin.
    case cross(Bytes)
    /// Any origin may.
    case any
    case denied

    package init(head: RequestHead, host: Bytes?, policy: OriginPolicy) {
        guard let origin = head.value(of: .origin) else {
            self = .absent
            return
        }
        for pattern in policy.patterns where Self.matches(pattern, origin: origin, head: head, host: host) {
            switch pattern {
            case .sameOrigin: self = .same(origin)
            case .any: self = .any
            case .exact, .subdomains, .null: self = .cross(origin)
            }
            return
        }
        self = .denied
    }

    private static func matches(
        _ pattern: OriginPolicy.Pattern, origin: Bytes, head: RequestHead, host: Bytes?
    ) -> Bool {
        switch pattern {
        case .any: return true
        case .null: return origin.equals("null")
        case .exact(let exact):
            return origin.count == exact.utf8.count
                && origin.lazy.map(\.asciiLowercased).elementsEqual(exact.utf8)
        case .subdomains(let scheme, let suffix): return isSubdomain(origin, scheme: scheme, suffix: suffix)
        case .sameOrigin:
            if head.lines(of: .secFetchSite) > 0 {
                return head.lines(of: .secFetchSite) == 1
                    && head.value(of: .secFetchSite)?.equals("same-origin") == true
            }
            return isSame(origin: origin, host: host)
        }
    }

    /// Compares host and port; a missing port means the one of the origin's scheme on both sides, since `Host` does not
    /// say by which scheme the browser came.
    private static func isSame(origin: Bytes, host: Bytes?) -> Bool {
        let defaultPort: UInt16
        let authority: Bytes
        if origin.starts(with: "https://".utf8) {
            (defaultPort, authority) = (443, origin.dropFirst(8))
        } else if origin.starts(with: "http://".utf8) {
            (defaultPort, authority) = (80, origin.dropFirst(7))
        } else {
            return false
        }
        guard let host, let own = HostField(host), let other = HostField(authority) else { return false }
        return own.matches(other, defaultPort: defaultPort)
    }

    /// A scheme, the longest name (RFC 1035, section 2.3.4) and a port are less, in bytes.
    private static let maximumLength = 300

    /// One or more labels of a host name before the suffix, nothing that could end the name early.
    private static func isSubdomain(_ origin: Bytes, scheme: String, suffix: String) -> Bool {
        // Longer than any origin is: not gone through for each pattern.
        guard origin.count <= maximumLength else { return false }
        let lowercased = origin.map(\.asciiLowercased)
        guard lowercased.starts(with: scheme.utf8), lowercased.count > scheme.utf8.count + suffix.utf8.count,
            lowercased.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return false }
        let labels = lowercased.dropFirst(scheme.utf8.count).dropLast(suffix.utf8.count)
        return labels.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.allSatisfy { $0.isWordCharacter || $0 == UInt8(ascii: "-") }
        }
    }
}
