/// Names connections by numbers that fit into an epoll event. A number says the place and which of its tenants is
/// meant, so that an event that was on its way when a connection closed finds nobody instead of the next one.
struct ConnectionTable {
    private struct Place {
        var tenancy: UInt16 = 0
        var connection: Connection?
    }

    /// As many as 16 bits can name.
    static let capacity = 1 << 16

    private var places: [Place] = []
    private var vacant: [Int] = []

    var connections: [Connection] { places.compactMap(\.connection) }

    subscript(owner: UInt32) -> Connection? {
        let index = Int(owner >> 16)
        guard index < places.count, places[index].tenancy == UInt16(truncatingIfNeeded: owner) else { return nil }
        return places[index].connection
    }

    /// Finds a place and gives it to the connection that `make` makes with its number.
    mutating func insert(_ make: (UInt32) -> Connection?) -> Connection? {
        if vacant.isEmpty, places.count < Self.capacity {
            vacant.append(places.count)
            places.append(Place())
        }
        guard let index = vacant.last else { return nil }
        guard let connection = make(UInt32(index) << 16 | UInt32(places[index].tenancy)) else { return nil }
        vacant.removeLast()
        places[index].connection = connection
        return connection
    }

    /// - Returns: whether it was there.
    mutating func remove(_ owner: UInt32) -> Bool {
        guard self[owner] != nil else { return false }
        let index = Int(owner >> 16)
        places[index] = Place(tenancy: places[index].tenancy &+ 1)
        vacant.append(index)
        return true
    }
}
