internal import EdgeCore

/// Entries of `origins`.
enum OriginText {
    private static let forms =
        #"Write "same-origin", "https://app.example.com", "https://*.example.com", "null" or "*"."#

    static func read(_ text: String) throws(Complaint) -> OriginPolicy.Pattern {
        switch text {
        case "same-origin": return .sameOrigin
        case "null": return .null
        case "*": return .any
        default: break
        }
        if let meant = Spelling.nearest(to: text, among: ["same-origin", "null"]).first {
            throw Complaint("\(text.quoted) is not an origin.", "Write \(meant.quoted).")
        }
        if text == "self" || text == "'self'" {
            throw Complaint("\(text.quoted) is not an origin.", #"Write "same-origin"."#)
        }
        let bytes = text.utf8.map(\.asciiLowercased)
        let scheme = bytes.prefix { $0 != UInt8(ascii: ":") }
        let rest = bytes[scheme.endIndex...]
        guard rest.starts(with: "://".utf8), isScheme(scheme) else {
            let isHost = HostText(bytes) != nil
            throw Complaint(
                "\(text.quoted) is not an origin.",
                isHost ? "Write the scheme too: \("https://\(text)".quoted)." : forms)
        }
        let authority = rest.dropFirst(3)
        if let slash = authority.firstIndex(of: UInt8(ascii: "/")) {
            let origin = String(decoding: bytes[..<slash], as: UTF8.self)
            throw Complaint(
                "\(text.quoted) has a path; an origin ends with its host and port.", "Write \(origin.quoted).")
        }
        let prefix = String(decoding: scheme, as: UTF8.self) + "://"
        guard authority.starts(with: "*.".utf8) else {
            guard let host = HostText(authority) else { throw Complaint("\(text.quoted) is not an origin.", forms) }
            return .exact(prefix + host.text + port(of: host, scheme: scheme))
        }
        guard let parent = HostText(authority.dropFirst(2)), parent.address == nil else {
            throw Complaint("\(text.quoted) is not an origin.", forms)
        }
        guard parent.host.utf8.contains(UInt8(ascii: ".")) || parent.host == "localhost" else {
            throw Complaint(
                "\(text.quoted) would let in everybody under \(parent.host.quoted).",
                "Name the domain that is yours: \"https://*.example.com\".")
        }
        return .subdomains(scheme: prefix, suffix: "." + parent.host + port(of: parent, scheme: scheme))
    }

    /// With its colon; empty for the scheme's own, which browsers leave out (RFC 6454, section 6.2).
    private static func port(of host: HostText, scheme: some Collection<UInt8>) -> String {
        guard let port = host.port else { return "" }
        if scheme.equals("https"), port == 443 { return "" }
        if scheme.equals("http"), port == 80 { return "" }
        return ":\(port)"
    }

    /// RFC 3986, section 3.1, in lower case; apps in web views have schemes of their own (`capacitor`).
    private static func isScheme(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, first.isASCIILetter else { return false }
        return text.allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: ".")
        }
    }
}
