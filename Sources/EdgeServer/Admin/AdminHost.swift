internal import EdgeCore

/// Under which names the admin listener answers. A page of a stranger's can have its own name lead to 127.0.0.1 and would
/// then read what is here (DNS rebinding); what no stranger can own is let pass: addresses, the listener's own name, and
/// those that are set apart for this machine (RFC 6761). A listener that other machines reach has more names, and is on a
/// network whose names its operator gives: those without a dot (of containers, and of hosts that a search list completes)
/// and those of private name servers (ICANN's `internal`). On loopback the browser can be a laptop's, in a network whose
/// operator answers for such names. Not `local`: there anybody on the same network can claim a name (RFC 6762).
enum AdminHost {
    /// - Parameters:
    ///   - host: the value of `Host`.
    ///   - own: the host that the listener was told to listen on.
    static func isAllowed(_ host: String, own: String?) -> Bool {
        guard let field = HostField(Array(host.utf8)) else { return false }
        let name = String(decoding: field.name, as: UTF8.self).lowercased()
        if name.hasPrefix("[") || IPAddress(name) != nil || name == own?.lowercased() { return true }
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        guard let own, !isLoopback(own) else { return false }
        return !name.utf8.contains(UInt8(ascii: ".")) || name.hasSuffix(".internal")
    }

    private static func isLoopback(_ host: String) -> Bool { IPAddress(host)?.isLoopback ?? (host == "localhost") }
}
