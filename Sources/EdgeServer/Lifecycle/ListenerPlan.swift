internal import EdgeCore

/// Which listener of a new configuration goes on with the socket of which old one: that of the same address. Pure.
struct ListenerPlan: Equatable {
    /// For each new listener the index of the old one whose socket it takes over; nil: it has to be bound.
    let sources: [Int?]
    /// Indices of the old ones that nobody takes over.
    let removed: [Int]

    init(from old: [ListenAddress], to new: [ListenAddress]) {
        // Port 0 can be there more than once.
        var free = Array(old.indices)
        sources = new.map { address in
            guard let place = free.firstIndex(where: { old[$0] == address }) else { return nil }
            return free.remove(at: place)
        }
        removed = free
    }
}
