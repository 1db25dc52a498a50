import EdgeCore
import Glibc
import Testing

@testable import EdgeServer

@Suite struct InheritedSocketsTests {
    private typealias Place = InheritedSockets.Place

    private static func loopback(_ port: UInt16) -> Place { .tcp(.v4Loopback, port: port) }
    private static let anyIPv4 = Place.tcp(IPAddress(v4: 0), port: 443)
    private static func anyIPv6(acceptsIPv4: Bool) -> Place {
        .tcp(IPAddress(v6: 0, 0), port: 443, acceptsIPv4: acceptsIPv4)
    }

    struct Case: CustomTestStringConvertible {
        var testDescription: String
        /// Descriptors 3, 4 and so on.
        var sockets: [InheritedSockets.Place]
        var listeners: [ListenAddress]
        /// The descriptor of each listener.
        var expected: [CInt?]
        var unwanted: [CInt] = []
    }

    private static let cases = [
        Case(
            testDescription: "by address and port, in any order",
            sockets: [loopback(1), loopback(2), .unix(path: "/run/edge.sock")],
            listeners: [
                .unix(path: "/run/edge.sock"), .tcp(host: "127.0.0.1", port: 2), .tcp(host: "127.0.0.1", port: 1),
            ], expected: [5, 4, 3]),
        Case(
            testDescription: "a name is looked up", sockets: [loopback(1)],
            listeners: [.tcp(host: "localhost", port: 1)], expected: [3]),
        Case(
            testDescription: "what nobody wants is left, what has no socket is bound", sockets: [loopback(1)],
            listeners: [.tcp(host: "127.0.0.1", port: 0), .tcp(host: "127.0.0.2", port: 1), .unix(path: "/a")],
            expected: [nil, nil, nil], unwanted: [3]),
        Case(
            testDescription: "IPv6 by its own address", sockets: [.tcp(IPAddress(v6: 0, 1), port: 1)],
            listeners: [.tcp(host: "::1", port: 1)], expected: [3]),
        Case(
            testDescription: "a socket of both families is for IPv6", sockets: [anyIPv6(acceptsIPv4: true)],
            listeners: [.tcp(host: "::", port: 443)], expected: [3]),
        Case(
            testDescription: "and for IPv4, which nobody can bind beside it", sockets: [anyIPv6(acceptsIPv4: true)],
            listeners: [.tcp(host: "0.0.0.0", port: 443)], expected: [3]),
        Case(
            testDescription: "but for one of them only", sockets: [anyIPv6(acceptsIPv4: true)],
            listeners: [.tcp(host: "0.0.0.0", port: 443), .tcp(host: "::", port: 443)], expected: [nil, 3]),
        Case(
            testDescription: "one of IPv6 alone takes no IPv4", sockets: [anyIPv6(acceptsIPv4: false)],
            listeners: [.tcp(host: "0.0.0.0", port: 443)], expected: [nil], unwanted: [3]),
        Case(
            testDescription: "one of each", sockets: [anyIPv6(acceptsIPv4: false), anyIPv4],
            listeners: [.tcp(host: "0.0.0.0", port: 443), .tcp(host: "::", port: 443)], expected: [4, 3]),
        Case(
            testDescription: "one of IPv4 is too little for both", sockets: [anyIPv4],
            listeners: [.tcp(host: "::", port: 443)], expected: [nil], unwanted: [3]),
    ]

    @Test("Each listener finds its socket", arguments: cases)
    func assignment(_ example: Case) {
        let sockets = InheritedSockets(
            example.sockets.enumerated().map { .init(descriptor: CInt($0.offset + 3), place: $0.element) })
        let assignment = sockets.assign(to: example.listeners)
        #expect(example.listeners.map { assignment.descriptors[$0] } == example.expected)
        #expect(assignment.unwanted.map(\.descriptor) == example.unwanted)
        #expect(sockets.warnings(about: assignment).count == example.unwanted.count)
    }

    @Test("A warning names the socket that nobody wants")
    func warning() {
        let sockets = InheritedSockets([.init(descriptor: 3, place: Self.anyIPv6(acceptsIPv4: true))])
        let warnings = sockets.warnings(about: sockets.assign(to: []))
        #expect(
            warnings.first?.hasPrefix("the socket [::]:443 was handed over, but no listener has this address") == true)
        #expect(InheritedSockets.none.warnings(about: InheritedSockets.none.assign(to: [])) == [])
    }

    @Test("Only a listening stream socket is one")
    func kinds() throws {
        let stream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let datagram = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { for descriptor in [stream, datagram] { close(descriptor) } }
        #expect(Place(ofListeningSocket: stream) == nil, "it does not listen yet")
        #expect(listen(stream, 1) == 0)
        guard case .tcp(let address, let port, false) = Place(ofListeningSocket: stream) else {
            Issue.record("it listens")
            return
        }
        #expect(address == IPAddress(v4: 0))
        #expect(port != 0)
        #expect(Place(ofListeningSocket: datagram) == nil)
        #expect(Place(ofListeningSocket: -1) == nil)
    }
}
