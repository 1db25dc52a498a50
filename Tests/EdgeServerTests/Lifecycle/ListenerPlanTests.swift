import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct ListenerPlanTests {
    private static let (a, b) = (ListenAddress.tcp(host: "127.0.0.1", port: 1), ListenAddress.unix(path: "/b"))
    private static let any = ListenAddress.tcp(host: "127.0.0.1", port: 0)

    @Test(
        "A socket goes on where its address is still there, once",
        arguments: [
            ([a], [a], [0], []), ([a], [b], [nil], [0]), ([a, b], [b, a], [1, 0], []), ([a], [a, b], [0, nil], []),
            ([a, b], [b], [1], [0]), ([any], [any, any], [0, nil], []), ([any, any, a], [a, any], [2, 0], [1]),
        ] as [([ListenAddress], [ListenAddress], [Int?], [Int])])
    func plan(old: [ListenAddress], new: [ListenAddress], sources: [Int?], removed: [Int]) {
        let plan = ListenerPlan(from: old, to: new)
        #expect(plan.sources == sources)
        #expect(plan.removed == removed)
    }
}
