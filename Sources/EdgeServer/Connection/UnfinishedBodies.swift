internal import EdgeCore

/// How many bytes of bodies wait for their rest on one event loop, and which of them make room when these are too many:
/// those that have been waited for longest. A bound that refused whoever comes next would shut out everybody for as long
/// as somebody keeps it reached. Confined to its loop.
struct UnfinishedBodies {
    /// In bytes, on all event loops together.
    static let limit = 128 * 1024 * 1024
    /// However many event loops there are, each may hold so much.
    static let smallestShare = 16 * 1024 * 1024

    /// What one connection holds.
    struct Holding<Connection> {
        let connection: Connection
        /// In bytes.
        let size: Int
        /// Since when the client has been waited for.
        let since: Instant
    }

    private let share: Int
    private var count = 0

    init(eventLoops: Int) { share = max(Self.smallestShare, Self.limit / max(1, eventLoops)) }

    /// Counts bytes that have come, or are no longer waiting.
    ///
    /// - Returns: whether there are too many now, so that some have to go.
    mutating func change(by change: Int) -> Bool {
        count += change
        return change > 0 && count > share
    }

    /// - Returns: those that go, the longest waits first: an eighth of all, so that not each byte that comes has to look
    ///   for another. Never the one that is waited for shortest: however large one body may be, one can come.
    func choose<Connection>(from holdings: some Sequence<Holding<Connection>>) -> [Connection] {
        var rest = count
        var chosen: [Connection] = []
        for holding in holdings.sorted(by: { $0.since < $1.since }).dropLast() {
            guard rest > share - share / 8 else { break }
            rest -= holding.size
            chosen.append(holding.connection)
        }
        return chosen
    }
}
