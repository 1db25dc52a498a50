import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct UnfinishedBodiesTests {
    private typealias Holding = UnfinishedBodies.Holding<String>

    private static let mebibyte = 1024 * 1024

    private func holding(_ name: String, mebibytes: Int, since seconds: Int64) -> Holding {
        Holding(connection: name, size: mebibytes * Self.mebibyte, since: Instant(nanoseconds: seconds * 1_000_000_000))
    }

    @Test("There are too many when more come than fit, and not when some go", arguments: [(1, 128), (4, 32), (64, 16)])
    func bound(eventLoops: Int, share: Int) {
        var bodies = UnfinishedBodies(eventLoops: eventLoops)
        let changes = [share * Self.mebibyte, 1, -1, 1, 100, -50, -share * Self.mebibyte, 1]
        #expect(changes.map { bodies.change(by: $0) } == [false, true, false, true, true, false, false, false])
    }

    @Test("The longest waits go, until an eighth is free")
    func choice() {
        var bodies = UnfinishedBodies(eventLoops: 1)
        let holdings = [
            holding("d", mebibytes: 1, since: 40), holding("a", mebibytes: 10, since: 10),
            holding("c", mebibytes: 110, since: 30), holding("b", mebibytes: 8, since: 20),
        ]
        let change = holdings.map(\.size).reduce(0, +)
        let isTooMuch = bodies.change(by: change)
        #expect(isTooMuch)
        #expect(bodies.choose(from: holdings) == ["a", "b"], "of 129 mebibytes 112 may stay")
    }

    @Test("The last to come stays, however large it is")
    func last() {
        var bodies = UnfinishedBodies(eventLoops: 1)
        _ = bodies.change(by: 300 * Self.mebibyte)
        let large = holding("large", mebibytes: 299, since: 2)
        #expect(bodies.choose(from: [large, holding("small", mebibytes: 1, since: 1)]) == ["small"])
        #expect(bodies.choose(from: [large]) == [])
        #expect(bodies.choose(from: [Holding]()) == [])
    }
}
