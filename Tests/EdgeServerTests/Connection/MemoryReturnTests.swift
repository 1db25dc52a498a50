import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct MemoryReturnTests {
    private static func second(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }

    /// How many connections there were, one after the other, and at which of these memory is given back.
    static let courses: [(counts: [Int], givenBack: [Int])] = [
        ([400, 0], []),
        ([500, 300, 126, 125, 124, 0], [125]),
        ([10_000, 9000, 2500, 2000, 625, 100, 0], [2500, 625, 100]),
        ([600, 150, 0, 600, 150, 0], [150, 150]),
        ([4000, 2000, 5000, 1250, 1300, 400], [1250]),
    ]

    @Test("Memory is given back when three quarters of a crowd have gone", arguments: courses)
    func course(counts: [Int], givenBack: [Int]) {
        let memory = MemoryReturn()
        var (last, given): (Int, [Int]) = (0, [])
        for (minute, count) in counts.enumerated() {
            let now = Self.second(Int64(minute) * 100)
            if count > last {
                memory.opened(count)
            } else if memory.closed(count, at: now) != nil {
                given.append(count)
                memory.done(at: now)
            }
            last = count
        }
        #expect(given == givenBack)
    }

    /// A crowd that comes and goes at once.
    private static func crowd(_ memory: MemoryReturn, at second: Int64) -> Instant.Span? {
        memory.opened(MemoryReturn.crowd)
        return memory.closed(0, at: self.second(second))
    }

    @Test("However many crowds go, memory is given back once a minute at most")
    func once() {
        let memory = MemoryReturn()
        #expect(Self.crowd(memory, at: 100) == .seconds(1))
        #expect(Self.crowd(memory, at: 100) == nil)
        memory.done(at: Self.second(101))
        #expect(Self.crowd(memory, at: 111) == .seconds(50))
        #expect(Self.crowd(memory, at: 112) == nil)
        memory.done(at: Self.second(161))
        #expect(Self.crowd(memory, at: 1000) == .seconds(1))
    }
}
