import Testing

@testable import EdgeTLS

@Suite struct FairSharesTests {
    @Test("The client with the most places gives its oldest, whoever wants it")
    func most() {
        var shares = FairShares<String, Int>(equalShare: 1)
        _ = shares.add(1, of: "honest")
        let second = shares.add(2, of: "greedy")
        _ = shares.add(3, of: "greedy")
        #expect(shares.giver(to: "new") == 2)
        #expect(shares.giver(to: "honest") == 2)
        #expect(shares.giver(to: "greedy") == 2)
        #expect(shares.remove(second, of: "greedy") == true)
        #expect(shares.remove(second, of: "greedy") == false)
        #expect(shares.count == 2)
    }

    @Test("Among equals it is the one for whom nothing has changed for longest; who has the most gives its own")
    func equals() {
        var shares = FairShares<String, Int>(equalShare: 1)
        for (number, client) in ["a", "b", "c"].enumerated() { _ = shares.add(number, of: client) }
        #expect(shares.giver(to: "d") == 0)
        #expect(shares.giver(to: "c") == 0, "with one place nobody has the most")
        _ = shares.add(3, of: "b")
        _ = shares.add(4, of: "a")
        #expect(shares.giver(to: "d") == 1, "b had two before a had")
        #expect(shares.giver(to: "a") == 0)
    }

    @Test("Who comes and goes with a few keeps them, where others stay with a few")
    func equalShare() {
        var shares = FairShares<String, Int>(equalShare: 4)
        let first = shares.add(1, of: "busy")
        _ = shares.add(2, of: "busy")
        _ = shares.add(3, of: "silent")
        #expect(shares.giver(to: "new") == 1)
        #expect(shares.remove(first, of: "busy") == true)
        #expect(shares.giver(to: "new") == 3)
        for holder in 4..<7 { _ = shares.add(holder, of: "busy") }
        #expect(shares.giver(to: "new") == 3, "four are as good as one")
        _ = shares.add(7, of: "busy")
        #expect(shares.giver(to: "new") == 2, "five are more")
    }

    @Test("Nobody gives where nobody has anything")
    func empty() {
        var shares = FairShares<String, Int>(equalShare: 1)
        #expect(shares.giver(to: "a") == nil)
        let number = shares.add(1, of: "a")
        #expect(shares.remove(number, of: "a") == true)
        #expect(shares.giver(to: "a") == nil)
        #expect(shares.remove(number, of: "a") == false)
        #expect(shares.count == 0)
    }

    @Test("Whatever comes and goes, it is always the oldest of one who has most")
    func anyOrder() {
        var shares = FairShares<Int, Int>(equalShare: 1)
        /// What there should be: the oldest first.
        var expected: [(holder: Int, client: Int, number: UInt64)] = []
        var random: UInt64 = 42
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((random >> 33) % UInt64(bound))
        }
        for holder in 0..<5000 {
            if expected.count < 20 || next(2) == 0 {
                let client = next(8)
                expected.append((holder, client, shares.add(holder, of: client)))
            } else {
                let gone = expected.remove(at: next(expected.count))
                #expect(shares.remove(gone.number, of: gone.client) == true)
            }
            let counts = Dictionary(grouping: expected, by: \.client).mapValues(\.count)
            let newcomer = next(10)
            guard let giver = shares.giver(to: newcomer) else {
                #expect(expected.isEmpty)
                continue
            }
            let client = expected.first { $0.holder == giver }?.client
            #expect(client.map { counts[$0] } == counts.values.max())
            #expect(expected.first { $0.client == client }?.holder == giver)
            if let own = counts[newcomer], own > 1, own == counts.values.max() { #expect(client == newcomer) }
            #expect(shares.count == expected.count)
        }
    }
}
