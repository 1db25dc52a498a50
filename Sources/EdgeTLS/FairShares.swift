/// Who has how many places, and who gives one where all are taken: the client with the most gives its oldest. Of clients
/// with as many it is the one that has had so many for longest. Nothing here takes longer the more there are: whoever
/// fills all places makes room for each newcomer.
struct FairShares<Client: Hashable, Holder> {
    private struct Share {
        var holders = Line<Holder>()
        /// The client's number in the line of those who have as many.
        var number: UInt64 = 0
    }

    private var shares: [Client: Share] = [:]
    /// By how many places: those who have so many.
    private var lines: [Int: Line<Client>] = [:]
    /// How many places the client has that has the most.
    private var most = 0
    /// How many places there are in all.
    private(set) var count = 0

    /// Gives a client one place more.
    ///
    /// - Returns: the holder's number among the client's, for ``remove(_:of:)``.
    mutating func add(_ holder: Holder, of client: Client) -> UInt64 {
        var share = shares.removeValue(forKey: client) ?? Share()
        leaveLine(share)
        let number = share.holders.append(holder)
        enterLine(client, &share)
        shares[client] = share
        count += 1
        most = max(most, share.holders.count)
        return number
    }

    /// - Returns: whether it was there.
    @discardableResult
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
        if lines[most] == nil, most > 0 { most -= 1 }
        return isRemoved
    }

    /// Whose place `client` may have. Nobody gives one to somebody who has as many already: that client gives one of its
    /// own.
    ///
    /// - Returns: nil if there is nobody.
    mutating func giver(to client: Client) -> Holder? {
        let own = shares[client]?.holders.count ?? 0
        guard let greediest = own > 0 && own == most ? client : lines[most]?.first() else { return nil }
        return shares[greediest]?.holders.first()
    }

    private mutating func enterLine(_ client: Client, _ share: inout Share) {
        share.number = lines[share.holders.count, default: Line()].append(client)
    }

    private mutating func leaveLine(_ share: Share) {
        let places = share.holders.count
        lines[places]?.remove(share.number)
        if lines[places]?.count == 0 { lines[places] = nil }
    }
}

/// Elements in the order in which they came, of which each can go at any time.
private struct Line<Element> {
    /// By a number that grows.
    private var elements: [UInt64: Element] = [:]
    private var last: UInt64 = 0
    /// No element has a smaller number.
    private var start: UInt64 = 1

    var count: Int { elements.count }

    /// - Returns: its number.
    mutating func append(_ element: Element) -> UInt64 {
        last += 1
        elements[last] = element
        return last
    }

    /// - Returns: whether it was there.
    @discardableResult
    mutating func remove(_ number: UInt64) -> Bool { elements.removeValue(forKey: number) != nil }

    /// The one that came first. Passes each number once in all.
    mutating func first() -> Element? {
        while start <= last {
            if let element = elements[start] { return element }
            start += 1
        }
        return nil
    }
}
