internal import EdgeCore

/// An `http` or `https` URL in its parts: what `upstream.url` and `upstream.proxy` write.
struct URLText {
    var scheme: UpstreamSettings.Origin.Scheme
    var host: HostText
    /// As written, from its slash on; empty where there is none.
    var path: String

    init(_ text: String, example: String) throws(Complaint) {
        let bytes = Array(text.utf8)
        let schemeBytes = bytes.prefix { $0 != UInt8(ascii: ":") }
        let rest = bytes[schemeBytes.endIndex...]
        guard rest.starts(with: "://".utf8) else {
            throw Complaint("\(text.quoted) is not a URL.", "Write it with its scheme: \"\(example)\".")
        }
        if schemeBytes.equalsIgnoringCase("https") {
            scheme = .https
        } else if schemeBytes.equalsIgnoringCase("http") {
            scheme = .http
        } else {
            throw Complaint(
                "The scheme \(String(decoding: schemeBytes, as: UTF8.self).quoted) is not supported.",
                "Write \"\(example)\".")
        }
        guard !bytes.contains(UInt8(ascii: "?")), !bytes.contains(UInt8(ascii: "#")) else {
            throw Complaint("The URL has a query or a fragment.", "Write it without \"?\", \"#\" and what follows.")
        }
        let authority = rest.dropFirst(3).prefix { $0 != UInt8(ascii: "/") }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Complaint(
                "The URL carries a user name or a password.", "Write it without what stands before the \"@\".")
        }
        guard let host = HostText(authority), host.port != 0 else {
            throw Complaint(
                "\(String(decoding: authority, as: UTF8.self).quoted) is not a host with an optional port.",
                "Write \"\(example)\"; names beyond ASCII in their xn-- form, IPv6 in brackets, ports from 1 to 65535.")
        }
        self.host = host
        path = String(decoding: bytes[authority.endIndex...], as: UTF8.self)
    }

    var port: UInt16 { host.port ?? (scheme == .https ? 443 : 80) }
}

/// Paths that stand for themselves: nothing in them that one reader decodes or folds and another does not.
enum PathText {
    static func check(_ path: String) throws(Complaint) {
        let bytes = Array(path.utf8)
        guard bytes.first == UInt8(ascii: "/") else {
            throw Complaint("\(path.quoted) does not start with a slash.", "Write \("/\(path)".quoted).")
        }
        guard bytes.allSatisfy({ $0 == UInt8(ascii: "/") || isUnreserved($0) }) else {
            throw Complaint(
                "\(path.quoted) has a character that this path may not have.",
                #"Use only letters, digits, "-", ".", "_", "~" and "/": no query, no "%", nothing beyond ASCII."#)
        }
        let segments = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.dropLast().contains(where: \.isEmpty) {
            throw Complaint("\(path.quoted) has two slashes in a row.", "Write one.")
        }
        if segments.contains(where: { $0.equals(".") || $0.equals("..") }) {
            throw Complaint(
                "\(path.quoted) has a dot segment.", #"Write the path that it leads to, without "." and ".."."#)
        }
    }

    /// RFC 3986, section 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: byte.isASCIIDigit || byte.isASCIILetter
        }
    }
}
