import EdgeCore
import Testing

@testable import EdgeServer

@Suite struct HeldMemoryTests {
    private typealias Holding = HeldMemory.Holding<String>

    private static let mebibyte = 1024 * 1024

    /// - Parameter client: the last part of its address; 0 for one that nobody has named.
    private func holding(_ name: String, of client: UInt32 = 1, size: Int, since seconds: Int64 = 0) -> Holding {
        Holding(
            holder: name, client: client == 0 ? nil : IPAddress(v4: client), size: size,
            since: Instant(nanoseconds: seconds * 1_000_000_000))
    }

    /// What goes where there is room for 80 bytes, of which 78 may stay.
    private func chosen(_ holdings: [Holding]) -> Set<String> {
        var memory = HeldMemory(share: 80)
        _ = memory.change(by: holdings.map(\.size).reduce(0, +))
        return Set(memory.choose(from: holdings))
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

    @Test("Of one client the oldest go, as many as make a part free")
    func oldest() {
        let holdings = [
            holding("d", size: 2, since: 40), holding("a", size: 5, since: 10), holding("c", size: 70, since: 30),
            holding("b", size: 5, since: 20),
        ]
        #expect(chosen(holdings) == ["a"])
        #expect(chosen([holding("a", size: 20, since: 1), holding("b", size: 61, since: 2)]) == ["a"])
    }

    @Test("Who has little keeps it, however old it is, where others have more")
    func clients() {
        let honest = (2..<12).map { holding("honest \($0)", of: $0, size: 1, since: 0) }
        let large = (0..<75).map { holding("\($0)", size: 1, since: Int64(100 + $0)) }
        #expect(chosen(honest + large) == Set((0..<7).map { "\($0)" }))
    }

    @Test("Of many who have as much the oldest go, and not all")
    func equals() {
        let many = (1..<82).map { holding("\($0)", of: $0, size: 1, since: Int64($0)) }
        #expect(chosen(many) == Set((1..<4).map { "\($0)" }))
        let large = (1..<4).map { holding("\($0)", of: $0, size: 30, since: Int64($0)) }
        #expect(chosen(large) == ["1"])
    }

    @Test("Where too little can go, it is not looked for again at each byte")
    func nothingToFind() {
        var memory = HeldMemory(share: 6400)
        _ = memory.change(by: 7000)
        _ = memory.choose(from: [holding("a", size: 100)])
        let areTooMany = [-100, 100, 1, 99, 1, -701, 1].map { memory.change(by: $0) }
        #expect(areTooMany == [false, false, true, true, true, false, true])
    }

    @Test("Two who have much come down to the same, and one whom nobody has named counts as one")
    func level() {
        let holdings =
            (0..<50).map { holding("a\($0)", of: 0, size: 1, since: Int64($0)) }
            + (0..<40).map { holding("b\($0)", of: 2, size: 1, since: Int64($0)) } + [holding("c", of: 3, size: 10)]
        #expect(chosen(holdings) == Set((0..<16).map { "a\($0)" } + (0..<6).map { "b\($0)" }))
        #expect(chosen([holding("a", of: 1, size: 81)]) == ["a"])
        #expect(chosen([]) == [])
    }
}
