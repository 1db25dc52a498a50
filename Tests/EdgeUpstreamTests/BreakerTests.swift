import EdgeCore
import Testing

@testable import EdgeUpstream

@Suite struct BreakerTests {
    private static func at(_ seconds: Int64, _ milliseconds: Int64 = 0) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000 + milliseconds * 1_000_000)
    }

    private static func opened() -> Breaker {
        var breaker = Breaker()
        for _ in 0..<Breaker.threshold { breaker.fail(at(0)) }
        return breaker
    }

    @Test("Four failures in a row change nothing, the fifth opens it")
    func threshold() {
        var breaker = Breaker()
        for _ in 1..<Breaker.threshold {
            breaker.fail(Self.at(0))
            #expect(!breaker.isOpen)
            #expect(breaker.admit(Self.at(0)) == .admitted)
        }
        breaker.fail(Self.at(0))
        #expect(breaker.isOpen)
        #expect(breaker.admit(Self.at(0)) == .refused(retryAfterSeconds: 5))
    }

    @Test("A success between failures starts the count anew")
    func success() {
        var breaker = Breaker()
        for _ in 0..<3 {
            for _ in 1..<Breaker.threshold { breaker.fail(Self.at(0)) }
            breaker.succeed()
        }
        #expect(!breaker.isOpen)
    }

    @Test("While it is open one request every five seconds is a probe")
    func probe() {
        var breaker = Self.opened()
        #expect(breaker.admit(Self.at(4, 999)) == .refused(retryAfterSeconds: 1))
        #expect(breaker.admit(Self.at(5)) == .probe)
        #expect(breaker.admit(Self.at(5)) == .refused(retryAfterSeconds: 5))
        breaker.fail(Self.at(8))
        #expect(breaker.admit(Self.at(9, 1)) == .refused(retryAfterSeconds: 1))
        #expect(breaker.admit(Self.at(10)) == .probe)
    }

    @Test("It tells since when it is open, and when it was last tried in vain")
    func outage() {
        var breaker = Self.opened()
        #expect(breaker.outage == .init(since: Self.at(0), lastFailure: Self.at(0)))
        #expect(breaker.admit(Self.at(5)) == .probe)
        breaker.fail(Self.at(7))
        // Requests that were under way before end in no order.
        breaker.fail(Self.at(6))
        #expect(breaker.outage == .init(since: Self.at(0), lastFailure: Self.at(7)))
        breaker.succeed()
        #expect(breaker.outage == nil)
    }

    @Test("A success closes it")
    func close() {
        var breaker = Self.opened()
        breaker.succeed()
        #expect(!breaker.isOpen)
        #expect(breaker.admit(Self.at(1)) == .admitted)
        for _ in 1..<Breaker.threshold { breaker.fail(Self.at(1)) }
        #expect(!breaker.isOpen)
    }

    @Test("Late failures of requests that were under way do not put the probe off")
    func lateFailure() {
        var breaker = Self.opened()
        breaker.fail(Self.at(4))
        #expect(breaker.admit(Self.at(5)) == .probe)
    }
}
