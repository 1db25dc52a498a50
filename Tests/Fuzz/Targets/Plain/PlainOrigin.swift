import EdgeCore

/// The origin rule, read once more by the words of the configuration.
enum PlainOrigin {
    enum Finding: Equatable { case absent, same, cross, any, denied }

    /// - Parameters:
    ///   - patterns: as `origins` of the configuration has them.
    ///   - host: what the request calls the edge.
    ///   - fetchSites: the values of all its lines of Sec-Fetch-Site.
    static func find(
        origin: [UInt8]?, patterns: [String], host: [UInt8]?, fetchSites: [[UInt8]]
    ) -> Finding {
        guard let origin else { return .absent }
        for pattern in patterns {
            switch pattern {
            case "*": return .any
            case "null": if origin == Array("null".utf8) { return .cross }
            case "same-origin":
                let isSame =
                    fetchSites.isEmpty
                    ? isSame(origin, host: host) : fetchSites == [Array("same-origin".utf8)]
                if isSame { return .same }
            default: if matches(PlainText.lowercased(origin), Array(pattern.utf8)) { return .cross }
            }
        }
        return .denied
    }

    private static func isSame(_ origin: [UInt8], host: [UInt8]?) -> Bool {
        for (scheme, port) in [("https://", 443), ("http://", 80)] where origin.starts(with: scheme.utf8) {
            guard let host, let own = PlainHost.parts(host),
                let other = PlainHost.parts(Array(origin.dropFirst(scheme.utf8.count)))
            else { return false }
            // In brackets or not is the same name only where both are.
            return own.name == other.name && (own.port ?? port) == (other.port ?? port)
        }
        return false
    }

    /// A star stands for labels with dots between them.
    private static func matches(_ origin: [UInt8], _ pattern: [UInt8]) -> Bool {
        guard let star = pattern.firstIndex(of: UInt8(ascii: "*")) else { return origin == pattern }
        let (before, after) = (Array(pattern[..<star]), Array(pattern[(star + 1)...]))
        guard origin.count <= 300, origin.count >= before.count + after.count, origin.starts(with: before),
            Array(origin.suffix(after.count)) == after
        else { return false }
        let inside = origin[before.count..<(origin.count - after.count)]
        var label = 0
        for byte in inside {
            if byte == UInt8(ascii: ".") {
                if label == 0 { return false }
                label = 0
            } else {
                guard PlainText.isLetterOrDigit(byte) || byte == UInt8(ascii: "-") else { return false }
                label += 1
            }
        }
        return label > 0
    }

    /// The policy's form of a pattern that is known to be one.
    static func pattern(_ text: String) -> OriginPolicy.Pattern {
        switch text {
        case "*": return .any
        case "null": return .null
        case "same-origin": return .sameOrigin
        default:
            guard let star = text.firstIndex(of: "*") else { return .exact(text) }
            return .subdomains(scheme: String(text[..<star]), suffix: String(text[text.index(after: star)...]))
        }
    }
}

extension OriginFinding {
    /// What was found, without the origin itself.
    var plain: PlainOrigin.Finding {
        switch self {
        case .absent: .absent
        case .same: .same
        case .cross: .cross
        case .any: .any
        case .denied: .denied
        }
    }
}
