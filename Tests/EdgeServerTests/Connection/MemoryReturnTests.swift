import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct MemoryReturnTests {
    private static func second(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }

    @Test("However many crowds go, memory is given back once a minute at most")
    func once() {
        let memory = MemoryReturn()
        #expect(memory.plan(at: Self.second(100)) == .seconds(1))
        #expect(memory.plan(at: Self.second(100)) == nil)
        memory.done(at: Self.second(101))
        #expect(memory.plan(at: Self.second(111)) == .seconds(50))
        #expect(memory.plan(at: Self.second(112)) == nil)
        memory.done(at: Self.second(161))
        #expect(memory.plan(at: Self.second(1000)) == .seconds(1))
    }
}
