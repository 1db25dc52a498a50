import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct ConnectionAdmissionTests {
    private let first = IPAddress(v4: 0xC000_0201)
    private let second = IPAddress(v4: 0xC000_0202)

    @Test("A client has its own limit, all have one together")
    func limits() {
        let admission = ConnectionAdmission(maximum: 4, maximumPerClient: 2)
        #expect(admission.admit(first) == .admitted)
        #expect(admission.admit(first) == .admitted)
        #expect(admission.admit(first) == .tooManyOfClient)
        #expect(admission.admit(second) == .admitted)
        #expect(admission.count == 3)
        #expect(admission.admit(second) == .admitted)
        #expect(admission.admit(nil) == .full)
        #expect(admission.count == 4)
        admission.leave(first)
        #expect(admission.admit(first) == .admitted)
        #expect(admission.admit(first) == .tooManyOfClient)
    }

    /// Two peers, and whether they are one client.
    static let peers: [(one: String, other: String, isOneClient: Bool)] = [
        ("2001:db8:1:2::1", "2001:db8:1:2::1", true),
        ("2001:db8:1:2::1", "2001:db8:1:2::2", true),
        ("2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("2001:db8:1:2::1", "2001:db8:9:2::1", false),
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
    ]

    @Test("A client of IPv6 is its /64, one of IPv4 its address", arguments: peers)
    func clients(one: String, other: String, isOneClient: Bool) {
        let admission = ConnectionAdmission(maximum: 10, maximumPerClient: 1)
        let first = IPAddress(one)?.ofClient
        let second = IPAddress(other)?.ofClient
        #expect(admission.admit(first) == .admitted)
        #expect(admission.admit(second) == (isOneClient ? .tooManyOfClient : .admitted))
        #expect(admission.admit(first) == .tooManyOfClient, "it still has its connection")
        admission.leave(first)
        #expect(admission.admit(first) == .admitted)
    }

    @Test("A client over its own limit is turned away for that, not for want of room, which others would make")
    func overOwnLimit() {
        let admission = ConnectionAdmission(maximum: 2, maximumPerClient: 1)
        #expect(admission.admit(first) == .admitted)
        #expect(admission.admit(second) == .admitted)
        #expect(admission.admit(first) == .tooManyOfClient)
        #expect(admission.admit(IPAddress(v4: 0xC000_0203)) == .full)
    }

    @Test("Who is not counted by itself, as proxies and local sockets are, counts only among all")
    func uncounted() {
        let admission = ConnectionAdmission(maximum: 5, maximumPerClient: 1)
        for _ in 0..<5 { #expect(admission.admit(nil) == .admitted) }
        #expect(admission.admit(nil) == .full)
        admission.leave(nil)
        #expect(admission.count == 4)
        #expect(admission.admit(first) == .admitted)
        #expect(admission.admit(second) == .full, "a client that found no room is not counted")
        admission.leave(nil)
        #expect(admission.admit(second) == .admitted)
    }

    @Test("A client that has left may come again")
    func leaving() {
        let admission = ConnectionAdmission(maximum: 10, maximumPerClient: 1)
        for _ in 0..<100 {
            #expect(admission.admit(first) == .admitted)
            admission.leave(first)
        }
        #expect(admission.count == 0)
    }
}
