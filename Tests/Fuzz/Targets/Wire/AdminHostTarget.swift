import Glibc

@testable import EdgeServer

/// Under which names the admin listener answers, against names that somebody else can own: what is let pass is an address,
/// a word without a dot, a name under an ending that no stranger gets, or the listener's own; on loopback fewer.
package enum AdminHostTarget: FuzzTarget {
    package static let name = "admin-host"

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let host = String(decoding: input, as: UTF8.self)
        try check(host, own: "metrics.example.com", endings: [".localhost", ".internal"])
        try check(host, own: "127.0.0.1", endings: [".localhost"])
    }

    private static func check(_ host: String, own: String, endings: [String]) throws(FuzzFinding) {
        guard AdminHost.isAllowed(host, own: own) else { return }
        let bytes = Array(host.utf8)
        try require(bytes.allSatisfy { 33...126 ~= $0 && !"/\\@?#%,;".utf8.contains($0) }, "a host with \(bytes)")
        if bytes.first == UInt8(ascii: "[") {
            let inside = bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            return try require(isAddress(AF_INET6, PlainText.text(inside)), "\(host) is no address")
        }
        let name = PlainText.lowercasedText(bytes.prefix { $0 != UInt8(ascii: ":") })
        let isWord = own == "127.0.0.1" ? name == "localhost" : !name.utf8.contains(UInt8(ascii: "."))
        try require(
            isAddress(AF_INET, name) || isWord || endings.contains(where: name.hasSuffix) || name == own,
            "\(host) can be a stranger's")
    }

    private static func isAddress(_ family: CInt, _ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(family, text, &address) == 1
    }
}
