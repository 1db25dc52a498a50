import EdgeCore
import EdgeTestSupport
import Logging
import Testing

@testable import EdgeServer

@Suite struct SharedServicesTests {
    @Test("However many clients there are, their buckets take the same memory")
    func buckets() {
        let shared = SharedServices(
            settings: EdgeSettings(policy: .withoutKeys), eventLoops: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let limit = RateLimit(perSecond: 1, burst: 1)
        for number in 0..<(100_000 as UInt32) {
            _ = shared.limiter.take(.client(IPAddress(v4: number)), limit: limit, now: Instant(nanoseconds: 0))
        }
        #expect((60_000...65_536).contains(shared.limiter.count))
    }
}
