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
