import Testing

@testable import EdgeCore

@Suite struct HostFieldTests {
    static let hosts: [(text: String, name: String, port: UInt16?)] = [
        ("a", "a", nil), ("app.example.com", "app.example.com", nil), ("App.Example.com:8080", "App.Example.com", 8080),
        ("localhost:0", "localhost", 0), ("localhost:65535", "localhost", 65535), ("a_b-c.d.", "a_b-c.d.", nil),
        ("192.0.2.1", "192.0.2.1", nil), ("192.0.2.1:443", "192.0.2.1", 443), ("[::1]", "[::1]", nil),
        ("[2001:db8::1]:8443", "[2001:db8::1]", 8443), ("[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]", nil),
        ("a:00080", "a", 80), (String(repeating: "a", count: 255), String(repeating: "a", count: 255), nil),
    ]

    @Test("A host is a name or an address, with a port or without", arguments: hosts)
    func accepts(text: String, name: String, port: UInt16?) throws {
        let host = try #require(HostField(Array(text.utf8)))
        #expect(host.name.elementsEqual(name.utf8))
        #expect(host.port == port)
    }

    @Test(
        "Anything else is no host",
        arguments: [
            "", ":80", "a:", "a:99999", "a:65536", "a:000080", "a:+80", "a:8o", "a:80:80", "user@a", "user:pass@a",
            "a/b",
            "a?b", "a#b", "a b", "a,b", "a\\b", "a%2eb", "a\tb", "é", "ａ", "::1", "[::1", "::1]", "[]", "[::1]x",
            "[::1]x:80",
            "x[::1]", "[::1]:", "[::1]]", "[[::1]]", "[fe80::1%25eth0]", "[v1.a]", "[a]", "[192.0.2.1]", "http://a",
            String(repeating: "a", count: 256),
        ])
    func refuses(_ text: String) { #expect(HostField(Array(text.utf8)) == nil) }

    static let pairs: [(left: String, right: String, defaultPort: UInt16?, isSame: Bool)] = [
        ("a", "a", 443, true), ("a", "A", 443, true), ("a", "b", 443, false), ("a", "aa", 443, false),
        ("a", "a:443", 443, true), ("a:443", "a", 443, true), ("a", "a:80", 443, false), ("a:80", "a:80", 443, true),
        ("a:8080", "a:8081", 443, false), ("a", "a:443", nil, false), ("[::1]:80", "[::1]", 80, true),
        ("a.b", "a-b", 443, false), ("a.example", "b.example", 443, false), ("a_b", "a?b", 443, false),
    ]

    @Test("Two hosts are the same by name and port", arguments: pairs)
    func matches(left: String, right: String, defaultPort: UInt16?, isSame: Bool) {
        let (left, right) = (HostField(Array(left.utf8)), HostField(Array(right.utf8)[...]))
        guard let left, let right else { return #expect(!isSame) }
        #expect(left.matches(right, defaultPort: defaultPort) == isSame)
    }
}
