internal import EdgeCore

/// How much memory the requests and heads of one event loop take that have not come whole, and the answers that their
/// clients do not take; and which of them make room when that is too much: those of the clients that have the most, the
/// oldest first. A bound that refused whoever comes next would shut out everybody for as long as somebody keeps it reached.
/// Confined to its loop.
struct HeldMemory {
    /// In bytes, on all event loops together, each of which has its part.
    static let limit = 128 * 1024 * 1024
    /// However many event loops there are, each may hold so much.
    static let smallestShare = 16 * 1024 * 1024
    /// What a request takes besides its bytes: the places of its fields, the exchange, the state of a stream.
    static let overhead = 3 * 1024
    /// What an answer takes besides its bytes that waits in a stream: frames, and the stream's state (measured).
    static let answerOverhead = 1024

    /// What is held for one client by one holder: a request, an answer, or all those of a connection.
    struct Holding<Holder> {
        let holder: Holder
        /// Nil where nobody can tell the clients of a local socket from one another.
        let client: IPAddress?
        /// In bytes.
        let size: Int
        /// How many of them go at once at least: those of the oldest request.
        let least: Int
        /// Since when the oldest of it has been under way.
        let since: Instant
    }

    private let smallest: Int
    private var share: Int
    /// How much is made free at once: more holds the loop for long, less has it look through all connections often.
    private var part: Int { share / 128 }
    /// How many bytes there are.
    private(set) var count = 0
    /// From how many on some have to go: more than the share where the last look found too little that could.
    private var bound: Int

    init(eventLoops: Int) { self.init(share: max(Self.smallestShare, Self.limit / max(1, eventLoops))) }

    /// - Parameter share: how many bytes there may be.
    init(share: Int) { (smallest, self.share, bound) = (share, share, share) }

    /// One body has to fit, however large it may be, with the memory into which it can grow.
    mutating func adapt(toBodiesOf maximumSize: Int) {
        share = max(smallest, 3 * min(maximumSize, Int.max / 4))
        bound = share
    }

    /// Counts bytes that have come, or are no longer held.
    ///
    /// - Returns: whether there are too many now, so that some have to go.
    mutating func change(by change: Int) -> Bool {
        count += change
        bound = count <= share ? share : min(bound, count + part / 2)
        return change > 0 && count > bound
    }

    /// Those that give up so many bytes, all in all a part of the room, so that not each byte that comes has to look for
    /// others, and nobody else waits long for all their answers.
    mutating func choose<Holder>(from holdings: [Holding<Holder>]) -> [(holder: Holder, size: Int)] {
        let missing = count - (share - part)
        // By their numbers, for there can be ten thousand, and to move each about costs as much as all else.
        let clients = Dictionary(grouping: holdings.indices, by: { holdings[$0].client }).values.map { numbers in
            (numbers: numbers, size: numbers.reduce(0) { $0 + holdings[$1].size })
        }
        let level = level(of: clients.map(\.size), missing: missing)
        // Of each client that has more than the level, the oldest. The last of them can bring it far below, so that comes
        // behind those of others that do not.
        var candidates: [(number: Int, size: Int, since: Instant, isLast: Bool)] = []
        for client in clients where client.size > level {
            var rest = client.size
            for number in client.numbers.sorted(by: { holdings[$0].since < holdings[$1].since }) where rest > level {
                let size = max(min(holdings[number].size, rest - level), holdings[number].least)
                rest -= size
                candidates.append((number, size, holdings[number].since, isLast: rest < level))
            }
        }
        candidates.sort { ($0.isLast ? 1 : 0, $0.since) < ($1.isLast ? 1 : 0, $1.since) }
        var (chosen, freed) = ([(holder: Holder, size: Int)](), 0)
        for candidate in candidates {
            guard freed < missing else { break }
            let size = max(min(candidate.size, missing - freed), holdings[candidate.number].least)
            chosen.append((holdings[candidate.number].holder, size))
            freed += size
        }
        bound = max(share, count - freed + part / 2)
        return chosen
    }

    /// The most that each client may keep, so that enough is free.
    private func level(of sizes: [Int], missing: Int) -> Int {
        var missing = missing
        let sizes = sizes.sorted(by: >)
        for (index, size) in sizes.enumerated() {
            // All before have come down to this size; how far these and this one go to the next.
            let (next, clients) = (index + 1 < sizes.count ? sizes[index + 1] : 0, index + 1)
            let gain = (size - next) * clients
            guard gain < missing else { return size - (max(0, missing) + clients - 1) / clients }
            missing -= gain
        }
        return 0
    }
}

/// Requests of one client that have not come whole, or whose answers are not taken.
protocol MemoryHolder: AnyObject {
    /// Gives the oldest of them up: others need the memory.
    ///
    /// - Parameter size: how many bytes at least, if there are as many.
    func makeRoom(_ size: Int)
}
