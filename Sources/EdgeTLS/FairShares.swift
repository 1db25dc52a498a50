/// Who has how many places, and who gives one where all are taken: the client with the most gives its oldest. Of clients
/// with as many it is the one for whom nothing has changed for longest. Nothing here takes longer the more there are:
/// whoever fills all places makes room for each newcomer.
struct FairShares<Client: Hashable, Holder> {
    private struct Share {
        var holders = Line<Holder>()
        /// The client's number in the line of those who have as many.
        var number: UInt64 = 0
    }

    private let equalShare: Int
    private var shares: [Client: Share] = [:]
    /// By how many places: those who have so many.
    private var lines: [Int: Line<Client>] = [:]
    /// How many places the client has that has the most.
    private var most: Int
    /// How many places there are in all.
    private(set) var count = 0

    /// - Parameter equalShare: up to so many places, at least 1, all who have any count as having as many.
    init(equalShare: Int) { (self.equalShare, most) = (equalShare, equalShare) }

    /// Gives a client one place more.
    ///
    /// - Returns: the holder's number among the client's, for ``remove(_:of:)``.
    mutating func add(_ holder: Holder, of client: Client) -> UInt64 {
        var share = shares.removeValue(forKey: client) ?? Share()
        leaveLine(share)
        let number = share.holders.append(holder)
        enterLine(client, &share)
        most = max(most, size(share))
        shares[client] = share
        count += 1
        return number
    }

    /// - Returns: whether it was there.
    mutating func remove(_ number: UInt64, of client: Client) -> Bool {
        guard var share = shares.removeValue(forKey: client) else { return false }
        leaveLine(share)
        let isRemoved = share.holders.remove(number)
        if share.holders.count > 0 {
            enterLine(client, &share)
            shares[client] = share
        }
        if isRemoved { count -= 1 }
        // Who had the most has one less now, and is in that line.
        if lines[most] == nil, most > equalShare { most -= 1 }
        return isRemoved
    }

    /// Whose place `client` may have. Who has the most himself gives one of his own.
    ///
    /// - Returns: nil if nobody has any.
    func giver(to client: Client) -> Holder? {
        let own = shares[client]?.holders.count ?? 0
        let greediest = own > equalShare && own == most ? client : lines[most]?.first
        return greediest.flatMap { shares[$0]?.holders.first }
    }

    private func size(_ share: Share) -> Int { max(equalShare, share.holders.count) }

    private mutating func enterLine(_ client: Client, _ share: inout Share) {
        share.number = lines[size(share), default: Line()].append(client)
    }

    private mutating func leaveLine(_ share: Share) {
        let size = size(share)
        lines[size]?.remove(share.number)
        if lines[size]?.count == 0 { lines[size] = nil }
    }
}

/// Elements in the order in which they came, of which each can go at any time.
private struct Line<Element> {
    private struct Link {
        let element: Element
        /// The numbers of its neighbours; 0 for none.
        var before: UInt64
        var behind: UInt64
    }

    /// By a number that grows, from 1 on.
    private var links: [UInt64: Link] = [:]
    private var last: UInt64 = 0
    private var head: UInt64 = 0
    private var tail: UInt64 = 0

    var count: Int { links.count }

    /// The one that came first.
    var first: Element? { links[head]?.element }

    /// - Returns: its number.
    mutating func append(_ element: Element) -> UInt64 {
        last += 1
        links[last] = Link(element: element, before: tail, behind: 0)
        if tail == 0 { head = last } else { links[tail]?.behind = last }
        tail = last
        return last
    }

    /// - Returns: whether it was there.
    @discardableResult
    mutating func remove(_ number: UInt64) -> Bool {
        guard let link = links.removeValue(forKey: number) else { return false }
        if link.before == 0 { head = link.behind } else { links[link.before]?.behind = link.behind }
        if link.behind == 0 { tail = link.before } else { links[link.behind]?.before = link.before }
        return true
    }
}
