import EdgeTestSupport
import Testing

@testable import EdgeCore

@Suite struct ClientTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Nil for a Unix domain socket.
        var peer: String?
        /// Values of X-Forwarded-For, one a line.
        var lines: [String]
        var client: String?
        var isTrusted = true
    }

    private static let proxy = "127.0.0.1"

    static let walks = [
        Case(
            testDescription: "no X-Forwarded-For", peer: "203.0.113.9", lines: [], client: "203.0.113.9",
            isTrusted: false),
        Case(
            testDescription: "an untrusted peer's word does not count", peer: "203.0.113.9", lines: ["192.0.2.1"],
            client: "203.0.113.9", isTrusted: false),
        Case(testDescription: "a trusted peer that names nobody", peer: proxy, lines: [], client: proxy),
        Case(testDescription: "one entry", peer: proxy, lines: ["192.0.2.1"], client: "192.0.2.1"),
        Case(testDescription: "IPv6 peer", peer: "::1", lines: ["2001:db8::1"], client: "2001:db8::1"),
        Case(
            testDescription: "a mapped peer is its IPv4 address", peer: "::ffff:127.0.0.1", lines: ["192.0.2.1"],
            client: "192.0.2.1"),
        Case(
            testDescription: "what stands left of the first stranger was written by nobody known", peer: proxy,
            lines: ["198.51.100.7, 192.0.2.1"], client: "192.0.2.1"),
        Case(
            testDescription: "trusted hops are walked over", peer: proxy, lines: ["192.0.2.1, 10.1.2.3, 127.0.0.2"],
            client: "192.0.2.1"),
        Case(
            testDescription: "nothing but trusted hops", peer: proxy, lines: ["10.0.0.1, 10.0.0.2"], client: "10.0.0.1"),
        Case(
            testDescription: "several lines are one list", peer: proxy,
            lines: ["198.51.100.7", "192.0.2.1, 10.0.0.1", "10.0.0.2"],
            client: "192.0.2.1"),
        Case(
            testDescription: "an entry that is no address ends the walk", peer: proxy,
            lines: ["192.0.2.1, unknown, 10.0.0.1"], client: "10.0.0.1"),
        Case(
            testDescription: "an empty entry ends it too", peer: proxy, lines: ["192.0.2.1,, 10.0.0.1"],
            client: "10.0.0.1"),
        Case(testDescription: "an empty last entry", peer: proxy, lines: ["192.0.2.1,"], client: proxy),
        Case(testDescription: "an empty line", peer: proxy, lines: [""], client: proxy),
        Case(
            testDescription: "spaces and tabs", peer: proxy, lines: ["198.51.100.7,\t 192.0.2.1 \t"],
            client: "192.0.2.1"),
        Case(testDescription: "a port", peer: proxy, lines: ["192.0.2.1:4711"], client: "192.0.2.1"),
        Case(testDescription: "brackets", peer: proxy, lines: ["[2001:db8::1]"], client: "2001:db8::1"),
        Case(testDescription: "brackets and a port", peer: proxy, lines: ["[2001:db8::1]:4711"], client: "2001:db8::1"),
        Case(testDescription: "a host name", peer: proxy, lines: ["example.com"], client: proxy),
        Case(testDescription: "a host name with a port", peer: proxy, lines: ["example.com:80"], client: proxy),
        Case(testDescription: "an octal number", peer: proxy, lines: ["192.0.2.010"], client: proxy),
        Case(testDescription: "quotes", peer: proxy, lines: ["\"192.0.2.1\""], client: proxy),
        Case(
            testDescription: "32 hops are walked", peer: proxy,
            lines: ["192.0.2.1" + String(repeating: ", 10.0.0.1", count: 31)], client: "192.0.2.1"),
        Case(
            testDescription: "more are not", peer: proxy,
            lines: ["192.0.2.1" + String(repeating: ", 10.0.0.1", count: 32)], client: "10.0.0.1"),
        Case(testDescription: "a local socket", peer: nil, lines: [], client: nil),
        Case(
            testDescription: "a local socket that names a client", peer: nil, lines: ["192.0.2.1"], client: "192.0.2.1"),
    ]

    private static func client(_ row: Case, trusted: TrustedProxies) throws -> Client {
        let fields = row.lines.map { "X-Forwarded-For: \($0)\r\n" }.joined()
        let head = try #require(RequestHead.read(Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)))
        return Client(head: head, peer: row.peer.flatMap { IPAddress($0) }, trusted: trusted)
    }

    @Test("The client is the first address from the right that is no trusted proxy", arguments: walks)
    func walk(_ row: Case) throws {
        var trusted = TrustedProxies()
        trusted.blocks += AddressBlock.private
        let client = try Self.client(row, trusted: trusted)
        #expect(client.address == row.client.flatMap { IPAddress($0) })
        #expect(client.isBehindTrustedProxy == row.isTrusted)
    }

    @Test("A local socket counts only where loopback does")
    func untrustedSocket() throws {
        var trusted = TrustedProxies()
        trusted.unixSockets = false
        let row = Case(testDescription: "", peer: nil, lines: ["192.0.2.1"], client: nil)
        let client = try Self.client(row, trusted: trusted)
        #expect(client.address == nil)
        #expect(!client.isBehindTrustedProxy)
    }
}
