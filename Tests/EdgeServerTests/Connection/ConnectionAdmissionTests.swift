import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct ConnectionAdmissionTests {
    private let first = IPAddress(v4: 0xC000_0201)
    private let second = IPAddress(v4: 0xC000_0202)

    @Test("A client has its own limit, all have one together")
    func limits() {
        let admission = ConnectionAdmission(maximum: 4, maximumPerClient: 2)
        #expect(admission.admit(first))
        #expect(admission.admit(first))
        #expect(!admission.admit(first))
        #expect(admission.admit(second))
        #expect(admission.count == 3)
        #expect(admission.admit(second))
        #expect(!admission.admit(nil), "there is no room at all")
        #expect(admission.count == 4)
        admission.leave(first)
        #expect(admission.admit(first))
        #expect(!admission.admit(first))
    }

    @Test("Trusted proxies and local sockets count only among all")
    func uncounted() {
        let admission = ConnectionAdmission(maximum: 5, maximumPerClient: 1)
        for _ in 0..<5 { #expect(admission.admit(nil)) }
        #expect(!admission.admit(nil))
        admission.leave(nil)
        #expect(admission.count == 4)
        #expect(admission.admit(first))
        #expect(!admission.admit(second), "a client that found no room is not counted")
        admission.leave(nil)
        #expect(admission.admit(second))
    }

    @Test("A client that has left may come again")
    func leaving() {
        let admission = ConnectionAdmission(maximum: 10, maximumPerClient: 1)
        for _ in 0..<100 {
            #expect(admission.admit(first))
            admission.leave(first)
        }
        #expect(admission.count == 0)
    }
}
