internal import EdgeCore

/// Host names that clients ask for in their first message (SNI, RFC 6066, section 3).
enum ServerNameText {
    /// - Returns: in lower case.
    static func read(_ text: String) throws(Complaint) -> String {
        if text.hasPrefix("*.") {
            throw Complaint(
                "\(text.quoted) is no name that a client can ask for.",
                "Write each name by itself: \("app.\(text.dropFirst(2))".quoted). Only certificates have wildcards.")
        }
        guard let host = HostText(Array(text.utf8)) else {
            throw Complaint(
                "\(text.quoted) is not a host name.",
                #"Write a name as certificates have it, without scheme, port and path: "app.example.com"."#)
        }
        if host.address != nil {
            throw Complaint(
                "\(text.quoted) is an address: clients that connect to one ask for no name.",
                "Remove it; they get the first certificate.")
        }
        if host.port != nil {
            throw Complaint("\(text.quoted) has a port.", "Write \(host.host.quoted).")
        }
        return host.host
    }
}
