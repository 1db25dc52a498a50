import EdgeCore
import Testing

@Suite struct BoundedTableTests {
    private func table(_ keys: some Sequence<Int>, capacity: Int) -> BoundedTable<Int, Int> {
        var table = BoundedTable<Int, Int>(capacity: capacity)
        for key in keys { table.update(key, default: 0) { $0 += 1 } }
        return table
    }

    private func present(_ table: BoundedTable<Int, Int>, of keys: Range<Int>) -> [Int] {
        keys.filter { table.value(for: $0) != nil }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var capacity: Int
        var uses: [Int]
        var remain: [Int]

        init(_ description: String, capacity: Int, uses: [Int], remain: [Int]) {
            (testDescription, self.capacity, self.uses, self.remain) = (description, capacity, uses, remain)
        }
    }

    @Test(
        "the least recently used key goes first",
        arguments: [
            Case("below capacity nothing goes", capacity: 3, uses: [1, 2, 3], remain: [1, 2, 3]),
            Case("the first to come is the first to go", capacity: 3, uses: [1, 2, 3, 4], remain: [2, 3, 4]),
            Case("a use saves the oldest", capacity: 3, uses: [1, 2, 3, 1, 4], remain: [1, 3, 4]),
            Case("a use saves one in the middle", capacity: 3, uses: [1, 2, 3, 2, 4, 5], remain: [2, 4, 5]),
            Case("using the newest changes nothing", capacity: 3, uses: [1, 2, 3, 3, 4], remain: [2, 3, 4]),
            Case(
                "the order before the last use counts too", capacity: 3, uses: [1, 2, 3, 2, 1, 4, 5], remain: [1, 4, 5]),
            Case("one that went comes back as the newest", capacity: 2, uses: [1, 2, 3, 1, 4], remain: [1, 4]),
            Case("a table of one holds the last", capacity: 1, uses: [1, 2, 2, 3], remain: [3]),
            Case("a table of none is a table of one", capacity: 0, uses: [1, 2], remain: [2]),
            Case("so is one of less than none", capacity: -5, uses: [1, 2], remain: [2]),
        ])
    func eviction(_ example: Case) {
        let table = table(example.uses, capacity: example.capacity)
        #expect(present(table, of: 0..<10) == example.remain)
        #expect(table.count == example.remain.count)
    }

    @Test("a value is kept from use to use and begins anew after its key went")
    func values() {
        #expect(table([1, 1, 2, 1], capacity: 2).value(for: 1) == 3)
        #expect(table([1, 1, 2, 3, 1], capacity: 2).value(for: 1) == 1)
    }

    @Test("looking at a value is no use")
    func lookingIsNoUse() {
        var table = table([1, 2], capacity: 2)
        #expect(table.value(for: 1) == 1)
        table.update(3, default: 0) { _ in }
        #expect(table.value(for: 1) == nil)
    }

    @Test("the new value is made only for a new key")
    func defaultIsLazy() {
        var table = table([1], capacity: 2)
        var made = 0
        func makeValue() -> Int {
            made += 1
            return 0
        }
        #expect(table.update(1, default: makeValue()) { $0 } == 1)
        #expect(made == 0)
        #expect(table.update(2, default: makeValue()) { $0 } == 0)
        #expect(made == 1)
    }

    @Test("does what a list kept in order of use does", arguments: [1, 2, 3, 7, 64])
    func model(capacity: Int) {
        var generator = SeededGenerator(seed: UInt64(capacity))
        var table = BoundedTable<Int, Int>(capacity: capacity)
        var list: [(key: Int, value: Int)] = []
        for _ in 0..<5_000 {
            let key = Int.random(in: 0..<capacity * 2, using: &generator)
            let position = list.firstIndex { $0.key == key }
            var entry = position.map { list.remove(at: $0) } ?? (key: key, value: 0)
            if list.count == capacity { list.removeFirst() }
            entry.value += 1
            list.append(entry)
            let value = table.update(key, default: 0) { value in
                value += 1
                return value
            }
            #expect(value == entry.value)
        }
        #expect(table.count == list.count)
        for entry in list { #expect(table.value(for: entry.key) == entry.value) }
    }

    @Test("a million keys take no more room than the capacity")
    func bounded() {
        let table = table(0..<1_000_000, capacity: 100)
        #expect(table.count == 100)
        #expect(present(table, of: 999_800..<1_000_000) == Array(999_900..<1_000_000))
    }
}
