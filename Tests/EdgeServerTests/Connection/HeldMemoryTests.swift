import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct HeldMemoryTests {
    private typealias Holding = HeldMemory.Holding<String>

    private static let mebibyte = 1024 * 1024

    /// - Parameters:
    ///   - client: the last part of its address; 0 for one that nobody has named.
    ///   - least: all of it, where nothing is said.
    private func holding(
        _ name: String, of client: UInt32 = 1, size: Int, least: Int? = nil, since seconds: Int64 = 0
    ) -> Holding {
        Holding(
            holder: name, client: client == 0 ? nil : IPAddress(v4: client), size: size, least: least ?? size,
            since: Instant(nanoseconds: seconds * 1_000_000_000))
    }

    /// What goes, and how much of it, where there is room for 128 bytes, of which 127 may stay.
    private func chosen(_ holdings: [Holding]) -> [String: Int] {
        var memory = HeldMemory(share: 128)
        _ = memory.change(by: holdings.map(\.size).reduce(0, +))
        return Dictionary(memory.choose(from: holdings).map { ($0.holder, $0.size) }) { $0 + $1 }
    }

    @Test(
        "There are too many bytes when more come than fit, and not when some go",
        arguments: [(1, 128), (4, 32), (64, 16)])
    func bound(eventLoops: Int, share: Int) {
        var memory = HeldMemory(eventLoops: eventLoops)
        let changes = [share * Self.mebibyte, 1, -1, 1, 100, -50, -share * Self.mebibyte, 1]
        let areTooMany = changes.map { memory.change(by: $0) }
        #expect(areTooMany == [false, true, false, true, true, false, false, false])
    }

    @Test("One body fits, whatever it may be and however its memory has grown")
    func largeBodies() {
        var memory = HeldMemory(eventLoops: 8)
        memory.adapt(toBodiesOf: 50 * Self.mebibyte)
        let isTooMuch = memory.change(by: 100 * Self.mebibyte + HeldMemory.overhead)
        #expect(!isTooMuch)
        _ = memory.change(by: -100 * Self.mebibyte - HeldMemory.overhead)
        memory.adapt(toBodiesOf: 32 * 1024)
        let isTooMuchAgain = memory.change(by: 16 * Self.mebibyte + 1)
        #expect(isTooMuchAgain)
    }

    @Test("Of one client the oldest go, as much as makes a part free")
    func oldest() {
        let holdings = [
            holding("d", size: 3, since: 40), holding("a", size: 5, since: 10), holding("c", size: 120, since: 30),
            holding("b", size: 5, since: 20),
        ]
        #expect(chosen(holdings) == ["a": 5, "b": 5])
        #expect(chosen([holding("a", size: 20, since: 1), holding("b", size: 109, since: 2)]) == ["a": 20])
    }

    @Test("Who has little keeps it, however old it is, where others have more")
    func clients() {
        let honest = (2..<12).map { holding("honest \($0)", of: $0, size: 1, since: 0) }
        let large = (0..<124).map { holding("\($0)", size: 1, since: Int64(100 + $0)) }
        #expect(chosen(honest + large) == .init(uniqueKeysWithValues: (0..<7).map { ("\($0)", 1) }))
    }

    @Test("Of many who have as much the oldest go, and not all")
    func equals() {
        let many = (1..<131).map { holding("\($0)", of: $0, size: 1, since: Int64($0)) }
        #expect(chosen(many) == ["1": 1, "2": 1, "3": 1])
        let large = (1..<4).map { holding("\($0)", of: $0, size: 45, since: Int64($0)) }
        #expect(chosen(large) == ["1": 45])
    }

    @Test("Of those who have many requests each, as many give some up as make a part free")
    func parts() {
        let connections = (1..<5).map { holding("\($0)", of: $0, size: 34, least: 2, since: Int64($0)) }
        #expect(chosen(connections) == ["1": 3, "2": 3, "3": 3])
        let large = (1..<5).map { holding("\($0)", of: $0, size: 34, least: 17, since: Int64($0)) }
        #expect(chosen(large) == ["1": 17])
        let one = (1..<4).map { holding("\($0)", size: 50, least: 2, since: Int64($0)) }
        #expect(chosen(one) == ["1": 23])
    }

    @Test("Where too little can go, it is not looked for again at each byte")
    func nothingToFind() {
        var memory = HeldMemory(share: 25_600)
        _ = memory.change(by: 26_200)
        _ = memory.choose(from: [holding("a", size: 100)])
        let areTooMany = [-100, 100, 1, 99, 1, -701, 1].map { memory.change(by: $0) }
        #expect(areTooMany == [false, false, true, true, true, false, true])
    }

    @Test("Two who have much come down to the same, and one whom nobody has named counts as one")
    func level() {
        let holdings =
            (0..<71).map { holding("a\($0)", of: 0, size: 1, since: Int64($0)) }
            + [holding("b", of: 2, size: 68, least: 4), holding("c", of: 3, size: 10)]
        #expect(chosen(holdings) == .init(uniqueKeysWithValues: (0..<12).map { ("a\($0)", 1) } + [("b", 10)]))
        #expect(chosen([holding("a", of: 1, size: 129)]) == ["a": 129])
        #expect(chosen([]) == [:])
    }
}
