import Testing

@testable import EdgeServer

@Suite struct CrowdMemoryTests {
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
        var memory = CrowdMemory()
        var (last, given): (Int, [Int]) = (0, [])
        for count in counts {
            if count > last {
                memory.opened(count)
            } else if memory.closed(count) {
                given.append(count)
            }
            last = count
        }
        #expect(given == givenBack)
    }
}
