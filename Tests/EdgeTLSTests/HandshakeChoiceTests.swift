import Testing

@testable import EdgeTLS

/// What the edge chooses of what a client's first message offers.
@Suite struct HandshakeChoiceTests {
    private static func list(_ names: String...) -> [UInt8] {
        names.flatMap { [UInt8(truncatingIfNeeded: $0.utf8.count)] + Array($0.utf8) }
    }

    static let lists: [(list: [UInt8], chosen: String?)] = [
        (list("http/1.1"), "http/1.1"), (list("h2", "http/1.1"), "h2"), (list("http/1.1", "h2"), "h2"),
        (list("h2"), "h2"), (list("h2c"), nil), (list("HTTP/1.1"), nil), (list("http/1.1x"), nil), ([], nil),
        ([0], nil), ([8], nil),
        ([9] + Array("http/1.1".utf8), nil), ([0] + list("http/1.1"), "http/1.1"), (list("http/1.0") + [255], nil),
    ]

    @Test("The protocol that both speak is found in a client's list, whatever the list is", arguments: lists)
    func applicationProtocol(list: [UInt8], chosen: String?) {
        let found = list.withUnsafeBufferPointer { buffer in
            ApplicationProtocol.choice(from: buffer).map { String(decoding: buffer[$0], as: UTF8.self) }
        }
        #expect(found == chosen)
    }

    static let hosts: [(host: String, exactly: Bool, byWildcard: Bool)] = [
        ("app.example.com", true, true), ("api.example.com", false, true), ("example.com", false, false),
        ("a.b.example.com", false, false), (".example.com", false, false), ("", false, false), ("*", false, false),
        ("*.example.com", true, true), ("xexample.com", false, false),
    ]

    @Test("A wildcard stands for one whole label, the first", arguments: hosts)
    func names(host: String, exactly: Bool, byWildcard: Bool) {
        let names = CertificateNames(["app.example.com", "*.example.com"])
        #expect(names.containsExactly(host) == exactly)
        #expect(names.containsByWildcard(host) == byWildcard)
    }
}
