internal import EdgeCore

/// Under which names the admin listener answers. A page of a stranger's can have its own name lead to 127.0.0.1 and would
/// then read what is here (DNS rebinding); what no stranger can own is let pass: addresses, names without a dot (those of
/// containers and of hosts that a search list completes), and names under the endings that are set apart for this machine
/// (RFC 6761) and for private name servers (ICANN's `internal`). Not `local`: there anybody on the same network can claim
/// a name (RFC 6762).
enum AdminHost {
    private static let privateEndings = [".localhost", ".internal"]

    /// - Parameters:
    ///   - host: the value of `Host`.
    ///   - own: the host that the listener was told to listen on.
    static func isAllowed(_ host: String, own: String?) -> Bool {
        guard let field = HostField(Array(host.utf8)) else { return false }
        let name = String(decoding: field.name, as: UTF8.self).lowercased()
        if name.hasPrefix("[") || IPAddress(name) != nil || name == own?.lowercased() { return true }
        return !name.utf8.contains(UInt8(ascii: ".")) || privateEndings.contains(where: name.hasSuffix)
    }
}
